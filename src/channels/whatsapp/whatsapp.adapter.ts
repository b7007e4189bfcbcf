import type { ChannelClient, ChannelSettings, Credentials, Sent } from '../channel.ts';
import { createGraphClient, graphUrl } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia, plainType } from '../meta/media.ts';
import { BUSINESS_ACCOUNT_FIELD, createBusinessAccounts } from './business-account.ts';
import { PIN_FIELD, registered } from './registration.ts';
import { interactiveOf } from './whatsapp.choices.ts';
import { createSends, sentOf } from './whatsapp.sends.ts';
import { approvedTemplates } from './whatsapp.templates.ts';

export function connectWhatsApp(settings: ChannelSettings, defaults: Credentials): ChannelClient {
  const graph = createGraphClient({ baseUrl: graphUrl(settings, 'https://graph.facebook.com') });
  const open = (credentials: Credentials) => {
    const all: Credentials = { ...defaults, ...credentials };
    const { whatsappAccessToken: token = '', whatsappPhoneNumberId: phoneId = '' } = all;
    return { token, phoneId, businessId: all[BUSINESS_ACCOUNT_FIELD] };
  };
  const sends = createSends(graph);
  const businesses = createBusinessAccounts(graph);
  const say = (credentials: Credentials, chatId: string, text: string) =>
    sends.message(open(credentials), chatId, { type: 'text', text: { preview_url: false, body: text } });
  const read = (credentials: Credentials, externalId: string, extra = {}) =>
    sends.post(open(credentials), { status: 'read', message_id: externalId, ...extra }).then(() => {});

  return {
    async check(credentials) {
      const sender = open(credentials);
      const { token, phoneId, businessId } = sender;
      const query = { fields: 'id,display_phone_number,verified_name,platform_type' };
      const answer = await graph.call({ method: 'GET', path: encodeURIComponent(phoneId), token, query });
      if (!answer.ok) return answer;
      const [accountId = phoneId, number] = [textOf(answer.body['id']), textOf(answer.body['display_phone_number'])];
      const displayName = textOf(answer.body['verified_name']) ?? number ?? accountId;
      if (businessId && !(await businesses.mayHave(sender, businessId)))
        return { ok: false, reason: 'rejected', field: BUSINESS_ACCOUNT_FIELD };
      const refusal = await registered(graph, sender, answer.body, credentials[PIN_FIELD]);
      if (refusal) return refusal;
      const foundId = businessId ? null : await businesses.find(sender);
      const found = foundId && { found: { [BUSINESS_ACCOUNT_FIELD]: foundId } };
      return { ok: true, accountId, displayName, ...(number && { username: number }), ...found };
    },

    async subscribe(credentials) {
      const sender = open(credentials);
      const id = sender.businessId ?? (await businesses.find(sender));
      if (!id) return { ok: false, reason: 'business_account_unknown' };
      const path = `${encodeURIComponent(id)}/subscribed_apps`;
      const answer = await graph.call({ method: 'POST', path, token: sender.token });
      return { ...(answer.ok ? { ok: true as const } : answer), parentAccountId: id };
    },

    async isSubscribed(credentials) {
      const sender = open(credentials);
      return sender.businessId ? businesses.isSubscribed(sender, sender.businessId) : null;
    },

    sendText: (credentials, chatId, text) => say(credentials, chatId, text).then(sentOf),

    async sendChoices(credentials, chatId, text, choices): Promise<Sent> {
      const interactive = interactiveOf(text, choices);
      if (!interactive) return say(credentials, chatId, text).then(sentOf);
      const answer = await sends.message(open(credentials), chatId, { type: 'interactive', interactive });
      return sentOf(!answer.ok && answer.reason === 'rejected' ? await say(credentials, chatId, text) : answer);
    },

    sendRich: (credentials, chatId, message) => sends.rich(open(credentials), chatId, message),
    sendFile: (credentials, chatId, file, caption) => sends.file(open(credentials), chatId, file, caption),
    sendTemplate: (credentials, chatId, template) => sends.template(open(credentials), chatId, template),

    async templates(credentials) {
      const sender = open(credentials);
      const businessId = sender.businessId ?? (await businesses.find(sender));
      if (!businessId) return { ok: false, reason: 'business_account_unknown' };
      return approvedTemplates(graph, { token: sender.token, businessId });
    },

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
