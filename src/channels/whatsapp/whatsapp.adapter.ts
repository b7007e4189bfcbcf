import type { ChannelClient, ChannelSettings, Credentials, Sent } from '../channel.ts';
import { createGraphClient, graphUrl } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia, plainType } from '../meta/media.ts';
import { fromMarkdown } from '../meta/message-text.ts';
import { createSends, sentOf } from './whatsapp.sends.ts';

/** The calls to the WhatsApp Cloud API. No token ever appears in what is returned. */
export function connectWhatsApp(settings: ChannelSettings, defaults: Credentials): ChannelClient {
  const graph = createGraphClient({ baseUrl: graphUrl(settings, 'https://graph.facebook.com') });
  const open = (credentials: Credentials) => {
    const { whatsappAccessToken: token = '', whatsappPhoneNumberId: phoneId = '' } = { ...defaults, ...credentials };
    return { token, phoneId };
  };
  const sends = createSends(graph);
  const read = (credentials: Credentials, externalId: string, extra = {}) =>
    sends.post(open(credentials), { status: 'read', message_id: externalId, ...extra }).then(() => {});

  return {
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

    sendRich: (credentials, chatId, message) => sends.rich(open(credentials), chatId, message),
    sendTemplate: (credentials, chatId, template) => sends.template(open(credentials), chatId, template),

    // The platform shows "typing…" only as the answer to a message.
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
