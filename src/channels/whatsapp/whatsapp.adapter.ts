import type { ChannelAdapter, Credentials, PeerFailure } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, DAY_MS } from '../meta/credentials.ts';
import { createGraphClient } from '../meta/graph-client.ts';
import { numberOf, objectsOf, textOf } from '../meta/json.ts';
import { downloadMedia, plainType } from '../meta/media.ts';
import { fromMarkdown } from '../meta/message-text.ts';
import { isSignedBy } from '../meta/signature.ts';
import { decodeWhatsApp } from './whatsapp.decode.ts';

/** The environment's names. */
export interface WhatsAppSettings {
  META_GRAPH_URL?: string | undefined;
  WHATSAPP_ACCESS_TOKEN?: string | undefined;
  WHATSAPP_PHONE_NUMBER_ID?: string | undefined;
  WHATSAPP_APP_SECRET?: string | undefined;
}

const GRAPH_URL = 'https://graph.facebook.com';
// Source: META business-scoped-user-ids: a country code, a dot, letters and digits (2026-11).
const BSUID = /^[A-Z]{2}\.\w+$/;
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
  const post = (credentials: Credentials, json: Record<string, unknown>) => {
    const { token, phoneId } = open(credentials);
    return graph.call({
      method: 'POST',
      path: `${encodeURIComponent(phoneId)}/messages`,
      token,
      json: { messaging_product: 'whatsapp', ...json },
    });
  };
  const read = (credentials: Credentials, externalId: string, extra = {}) =>
    post(credentials, { status: 'read', message_id: externalId, ...extra }).then(() => {});

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

    async sendText(credentials, chatId, text) {
      const recipient = BSUID.test(chatId) ? { recipient: chatId } : { to: chatId };
      const body = fromMarkdown(text, { bold: '*', code: '`' });
      const answer = await post(credentials, {
        recipient_type: 'individual',
        ...recipient,
        type: 'text',
        text: { preview_url: false, body },
      });
      if (!answer.ok) return answer;
      const externalId = textOf(objectsOf(answer.body['messages'])[0]?.['id']);
      return externalId ? { ok: true, externalId } : UNREADABLE;
    },

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

/** Taken, it seems, but without an id: sending it again could double it. */
const UNREADABLE: PeerFailure = { ok: false, reason: 'rejected' };
