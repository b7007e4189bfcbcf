import { DAY_MS } from '#core/durations.ts';
import type { ChannelDefinition } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, accountIdIn } from '../meta/credentials.ts';
import { metaWebhook } from '../meta/meta-webhook.ts';
import { BUSINESS_ACCOUNT_FIELD } from './business-account.ts';
import { PIN, PIN_FIELD } from './registration.ts';
import { connectWhatsApp } from './whatsapp.adapter.ts';
import { decodeWhatsApp } from './whatsapp.decode.ts';

const MB = 1024 * 1024;
const CAPTION = { max: 1_024, unit: 'utf16' } as const;
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCUMENTS = [
  'application/pdf',
  'application/msword',
  `${OFFICE}.wordprocessingml.document`,
  'application/vnd.ms-excel',
  `${OFFICE}.spreadsheetml.sheet`,
  'application/vnd.ms-powerpoint',
  `${OFFICE}.presentationml.presentation`,
  'text/plain',
];

export const whatsapp: ChannelDefinition = {
  kind: 'whatsapp',
  name: 'WhatsApp',
  icon: 'fa-whatsapp',
  plan: 'BASIC',
  fields: [
    { name: 'whatsappAccessToken', secret: true, env: 'WHATSAPP_ACCESS_TOKEN', pattern: ACCESS_TOKEN },
    { name: 'whatsappPhoneNumberId', secret: false, env: 'WHATSAPP_PHONE_NUMBER_ID', pattern: ACCOUNT_ID },
    { name: 'whatsappAppSecret', secret: true, env: 'WHATSAPP_APP_SECRET', ofApp: true, pattern: APP_SECRET },
    { name: BUSINESS_ACCOUNT_FIELD, secret: false, optional: true, pattern: ACCOUNT_ID },
    { name: PIN_FIELD, secret: true, optional: true, once: true, pattern: PIN },
  ],
  accountField: 'whatsappPhoneNumberId',
  accountIdOf: accountIdIn('whatsappPhoneNumberId'),
  // Source: META messages/text-messages (4,096 characters; 2026-11). The unit is not named; UTF-16 units are stricter.
  textLimit: { max: 4_096, unit: 'utf16' },
  textForm: 'marks',
  // Source: META messages/image-messages, messages/interactive-cta-url-messages (caption and body 1,024, label 20; 2026-11).
  parts: {
    caption: CAPTION,
    button: { text: { max: 1_024, unit: 'utf16' }, maxLabel: 20 },
  },
  // Source: META business-phone-numbers/media, "Supported media types"; messages/audio-messages (OGG with Opus only; 2026-11).
  files: {
    photo: { types: ['image/jpeg', 'image/png'], maxBytes: 5 * MB, caption: CAPTION },
    voice: { types: ['audio/ogg'], maxBytes: 16 * MB, caption: null },
    audio: { types: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/amr', 'audio/ogg'], maxBytes: 16 * MB, caption: null },
    document: { types: DOCUMENTS, maxBytes: 100 * MB, caption: CAPTION },
  },
  replyWindowMs: DAY_MS,
  outsideWindow: 'template',
  // People here write a thought in several messages.
  quietTimeMs: () => 2_500,
  // Source: META typing-indicators (25 seconds or until the reply; 2026-11).
  typingMs: 25_000,
  marksRead: true,
  handlePrefix: '',
  chatAddress: (phone) => `wa.me/${phone.replace(/\D/g, '')}`,
  webhook: metaWebhook({
    secretFields: ['whatsappAppSecret'],
    platformEnv: ['WHATSAPP_APP_SECRET'],
    accountKey: 'phone_number_id',
    parentKey: 'id',
    decode: decodeWhatsApp,
  }),
  connect: connectWhatsApp,
};
