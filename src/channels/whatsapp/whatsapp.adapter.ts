import type { ChannelAdapter, Credentials, Sent } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, DAY_MS } from '../meta/credentials.ts';
import { createGraphClient } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia, plainType } from '../meta/media.ts';
import { fromMarkdown } from '../meta/message-text.ts';
import { isSignedBy } from '../meta/signature.ts';
import { decodeWhatsApp } from './whatsapp.decode.ts';
import { createSends, sentOf } from './whatsapp.sends.ts';

/** The environment's names. */
export interface WhatsAppSettings {
  META_GRAPH_URL?: string | undefined;
  WHATSAPP_ACCESS_TOKEN?: string | undefined;
  WHATSAPP_PHONE_NUMBER_ID?: string | undefined;
  WHATSAPP_APP_SECRET?: string | undefined;
}

const GRAPH_URL = 'https://graph.facebook.com';
const field = (name: string) => ({ name, labelKey: `connections.field.${name}`, helpKey: `connections.help.${name}` });

/** WhatsApp Cloud API. No token ever appears in what is returned. */
export function whatsappAdapter(settings: WhatsAppSettings = {}): ChannelAdapter {
  const graph = createGraphClient({ baseUrl: settings.META_GRAPH_URL ?? GRAPH_URL });
  const { WHATSAPP_ACCESS_TOKEN, WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_APP_SECRET } = settings;
  const defaults: Credentials = {
    ...(WHATSAPP_ACCESS_TOKEN && { whatsappAccessToken: WHATSAPP_ACCESS_TOKEN }),
    ...(WHATSAPP_PHONE_NUMBER_ID && { whatsappPhoneNumberId: WHATSAPP_PHONE_NUMBER_ID }),
    ...(WHATSAPP_APP_SECRET && { whatsappAppSecret: WHATSAPP_APP_SECRET }),
  };
  const open = (credentials: Credentials) => {
    const { whatsappAccessToken: token = '', whatsappPhoneNumberId: phoneId = '' } = { ...defaults, ...credentials };
    return { token, phoneId };
  };
  const sends = createSends(graph);
  const read = (credentials: Credentials, externalId: string, extra = {}) =>
    sends.post(open(credentials), { status: 'read', message_id: externalId, ...extra }).then(() => {});

  return {
    kind: 'whatsapp',
    credentialFields: [
      { ...field('whatsappAccessToken'), secret: true, pattern: ACCESS_TOKEN },
      { ...field('whatsappPhoneNumberId'), secret: false, pattern: ACCOUNT_ID },
      { ...field('whatsappAppSecret'), secret: true, pattern: APP_SECRET },
    ],
    defaults,
    // Source: META messages/text-messages (4,096 characters; 2026-11). Which characters it does not say: UTF-16 units are stricter.
    textLimit: { max: 4_096, unit: 'utf16' },
    replyWindowMs: DAY_MS,
    // Source: META typing-indicators (25 seconds or until the reply; 2026-11).
    typingMs: 25_000,
    marksRead: true,
    webhook: {
      platformSecrets: WHATSAPP_APP_SECRET ? [WHATSAPP_APP_SECRET] : [],
      secretOf: ({ whatsappAppSecret }) => whatsappAppSecret || null,
      isSigned: isSignedBy,
      decode: decodeWhatsApp,
    },

    accountIdOf: (credentials) => (ACCOUNT_ID.test(open(credentials).phoneId) ? open(credentials).phoneId : null),

    async check(credentials) {
      const { token, phoneId } = open(credentials);
      const query = { fields: 'id,display_phone_number,verified_name' };
      const answer = await graph.call({ method: 'GET', path: encodeURIComponent(phoneId), token, query });
      if (!answer.ok) return answer;
      const [accountId = phoneId, number] = [textOf(answer.body['id']), textOf(answer.body['display_phone_number'])];
      const displayName = textOf(answer.body['verified_name']) ?? number ?? accountId;
      return { ok: true, accountId, displayName, ...(number && { username: number }) };
    },

    async sendText(credentials, chatId, text): Promise<Sent> {
      const body = fromMarkdown(text, { bold: '*', code: '`' });
      return sends.message(open(credentials), chatId, { type: 'text', text: { preview_url: false, body } }).then(sentOf);
    },

    // Source: META messages/image-messages, messages/interactive-cta-url-messages (caption and body 1,024, label 20; 2026-11).
    parts: {
      caption: { max: 1_024, unit: 'utf16' },
      button: { text: { max: 1_024, unit: 'utf16' }, maxLabel: 20 },
    },
    sendRich: (credentials, chatId, message) => sends.rich(open(credentials), chatId, message),
    sendTemplate: (credentials, chatId, template) => sends.template(open(credentials), chatId, template),

    // Only a message can be answered with "typing…" here.
    showTyping: async (credentials, _chatId, externalId) =>
      externalId ? read(credentials, externalId, { typing_indicator: { type: 'text' } }) : undefined,
    markRead: (credentials, _chatId, externalId) => read(credentials, externalId),

    async fetchMedia(credentials, fileId, maxBytes) {
      const { token, phoneId } = open(credentials);
      const query = { phone_number_id: phoneId };
      const answer = await graph.call({ method: 'GET', path: encodeURIComponent(fileId), token, query });
      if (!answer.ok) return answer;
      const { url, file_size: size, mime_type: type } = answer.body;
      if ((numberOf(size) ?? 0) > maxBytes) return { ok: false, reason: 'rejected' };
      const file = await downloadMedia(graph, { url: textOf(url) ?? '', bearer: token, maxBytes });
      const mimeType = textOf(type);
      return file.ok && mimeType ? { ok: true, media: { ...file.media, mimeType: plainType(mimeType) } } : file;
    },
  };
}
