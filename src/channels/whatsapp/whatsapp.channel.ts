import type { ChannelDefinition } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, accountIdIn, DAY_MS } from '../meta/credentials.ts';
import { metaWebhook } from '../meta/meta-webhook.ts';
import { connectWhatsApp } from './whatsapp.adapter.ts';
import { decodeWhatsApp } from './whatsapp.decode.ts';

/** WhatsApp Cloud API. */
export const whatsapp: ChannelDefinition = {
  kind: 'whatsapp',
  name: 'WhatsApp',
  icon: 'fa-whatsapp',
  plan: 'BASIC',
  fields: [
    { name: 'whatsappAccessToken', secret: true, env: 'WHATSAPP_ACCESS_TOKEN', pattern: ACCESS_TOKEN },
    { name: 'whatsappPhoneNumberId', secret: false, env: 'WHATSAPP_PHONE_NUMBER_ID', pattern: ACCOUNT_ID },
    { name: 'whatsappAppSecret', secret: true, env: 'WHATSAPP_APP_SECRET', pattern: APP_SECRET },
  ],
  accountField: 'whatsappPhoneNumberId',
  accountIdOf: accountIdIn('whatsappPhoneNumberId'),
  // Source: META messages/text-messages (4,096 characters; 2026-11). It does not say which characters: UTF-16 units are stricter.
  textLimit: { max: 4_096, unit: 'utf16' },
  // Source: META messages/image-messages, messages/interactive-cta-url-messages (caption and body 1,024, label 20; 2026-11).
  parts: {
    caption: { max: 1_024, unit: 'utf16' },
    button: { text: { max: 1_024, unit: 'utf16' }, maxLabel: 20 },
  },
  replyWindowMs: DAY_MS,
  outsideWindow: 'template',
  quietTimeMs: 2_500,
  // Source: META typing-indicators (25 seconds or until the reply; 2026-11).
  typingMs: 25_000,
  marksRead: true,
  handlePrefix: '',
  chatAddress: (phone) => `wa.me/${phone.replace(/\D/g, '')}`,
  webhook: metaWebhook({ secretField: 'whatsappAppSecret', platformEnv: ['WHATSAPP_APP_SECRET'], decode: decodeWhatsApp }),
  connect: connectWhatsApp,
};
