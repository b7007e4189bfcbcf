import type { LinkButton } from '#core/broadcast-parts.ts';
import { type Choices, distinctLabels } from '#core/choices.ts';
import type { ReplyFileKind } from '#core/reply-file.ts';
import type { AccountCheck, ChannelClient, ChannelSettings, Credentials, Sent } from '../channel.ts';
import { createGraphClient, type GraphAnswer, type GraphClient, graphUrl } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia } from '../meta/media.ts';
import { readUnread } from './instagram.unread.ts';

// Echoes come with the messages.
const NEEDED_FIELDS = 'messages,messaging_postbacks,messaging_seen,message_reactions';
const SUBSCRIBED_FIELDS = `${NEEDED_FIELDS},message_edit,messaging_referral`;

export function connectInstagram(settings: ChannelSettings, defaults: Credentials): ChannelClient {
  const graph = createGraphClient({ baseUrl: graphUrl(settings, 'https://graph.instagram.com') });
  const tokenOf = (credentials: Credentials): string => ({ ...defaults, ...credentials }).instagramAccessToken ?? '';
  const post = (credentials: Credentials, chatId: string, json: Record<string, unknown>) =>
    graph.call({
      method: 'POST',
      path: 'me/messages',
      token: tokenOf(credentials),
      json: { recipient: { id: chatId }, ...json },
    });
  const say = (credentials: Credentials, chatId: string, text: string) => post(credentials, chatId, { message: { text } });
  const act = (credentials: Credentials, chatId: string, action: string) =>
    post(credentials, chatId, { sender_action: action }).then(() => {});

  return {
    check: (credentials) => checkAccount(graph, tokenOf(credentials), credentials['instagramAccountId'] ?? ''),

    sendText: (credentials, chatId, text) => say(credentials, chatId, text).then(sentOf),

    async sendChoices(credentials, chatId, text, choices): Promise<Sent> {
      const message = { text, quick_replies: quickReplies(choices) };
      const answer = await post(credentials, chatId, { message });
      return sentOf(!answer.ok && answer.reason === 'rejected' ? await say(credentials, chatId, text) : answer);
    },

    async sendRich(credentials, chatId, { text, photo, button }) {
      if (photo && !photo.publicUrl) return { ok: false, reason: 'photo_refused', notSent: true };
      const attachment = photo
        ? { type: 'image', payload: { url: photo.publicUrl } }
        : { type: 'template', payload: buttonTemplate(text, button) };
      return post(credentials, chatId, { message: { attachment } }).then(sentOf);
    },

    async sendFile(credentials, chatId, { kind, from }): Promise<Sent> {
      if (!('publicUrl' in from)) return { ok: false, reason: 'file_refused' };
      const attachment = { type: FILE_TYPES[kind], payload: { url: from.publicUrl } };
      const sent = sentOf(await post(credentials, chatId, { message: { attachment } }));
      return !sent.ok && sent.reason === 'photo_refused' ? { ...sent, reason: 'file_refused' } : sent;
    },

    async showTyping(credentials, chatId, externalId) {
      const seen = externalId ? act(credentials, chatId, 'mark_seen') : undefined;
      await Promise.all([seen, act(credentials, chatId, 'typing_on')]);
    },
    markRead: (credentials, chatId) => act(credentials, chatId, 'mark_seen'),

    /** The file's id is its address, which expires after some days. It needs no token, so none is sent. */
    fetchMedia: (_credentials, fileId, maxBytes) => downloadMedia(graph, { url: fileId, maxBytes }),

    readMessage: (credentials, mid, accountId) => readUnread(graph, { token: tokenOf(credentials), mid, accountId }),

    async profileOf(credentials, chatId) {
      // Source: META instagram-platform/instagram-api-with-instagram-login/messaging-api/user-profile (2026-11).
      const query = { fields: 'name,username' };
      const path = encodeURIComponent(chatId);
      const answer = await graph.call({ method: 'GET', path, token: tokenOf(credentials), query });
      if (!answer.ok) return answer;
      const [firstName, username] = [textOf(answer.body['name']), textOf(answer.body['username'])];
      return { ok: true, ...(firstName && { firstName }), ...(username && { username }) };
    },

    async subscribe(credentials) {
      // Source: META instagram-platform/webhooks, "Enable subscriptions" (2026-11).
      const subscribe = (fields: string) => {
        const query = { subscribed_fields: fields };
        return graph.call({ method: 'POST', path: 'me/subscribed_apps', token: tokenOf(credentials), query });
      };
      const answer = await subscribe(SUBSCRIBED_FIELDS);
      // An older version of an app does not know the newer fields.
      const settled = !answer.ok && answer.reason === 'rejected' ? await subscribe(NEEDED_FIELDS) : answer;
      return settled.ok ? { ok: true } : settled;
    },

    async renewToken(credentials) {
      const token = tokenOf(credentials);
      // Source: META instagram-platform/reference/refresh_access_token (tokens at least 24 hours old and not expired; 2026-11).
      const query = { grant_type: 'ig_refresh_token', access_token: token };
      const answer = await graph.call({ method: 'GET', path: 'refresh_access_token', token, query, unversioned: true });
      if (!answer.ok) return answer;
      const [renewed, seconds] = [textOf(answer.body['access_token']), numberOf(answer.body['expires_in'])];
      if (!renewed || seconds === undefined) return { ok: false, reason: 'rejected' };
      return { ok: true, credentials: { ...credentials, instagramAccessToken: renewed }, expiresInMs: seconds * 1_000 };
    },
  };
}

const FILE_TYPES: Record<ReplyFileKind, string> = { photo: 'image', voice: 'audio', audio: 'audio', document: 'file' };

// Source: META instagram-platform messaging-api/quick-replies (13 of them, titles of 20 characters; not on desktop; 2026-11).
function quickReplies({ items }: Choices) {
  const titles = distinctLabels(items, 20);
  return items.slice(0, 13).map(({ id }, at) => ({ content_type: 'text', title: titles[at], payload: id }));
}

const buttonTemplate = (text: string, button: LinkButton | null) => ({
  template_type: 'button',
  text,
  buttons: button ? [{ type: 'web_url', url: button.url, title: button.label }] : [],
});

function sentOf(answer: GraphAnswer): Sent {
  if (!answer.ok) return answer;
  const externalId = textOf(answer.body['message_id']);
  return externalId ? { ok: true, externalId } : { ok: false, reason: 'rejected' };
}

// `user_id` is the account's id in webhooks, `id` the app's id for it. Owners copy either.
// Source: META instagram-platform/reference/me (2026-11).
async function checkAccount(graph: GraphClient, token: string, expectedId: string): Promise<AccountCheck> {
  const ask = (path: string) => graph.call({ method: 'GET', path, token, query: { fields: 'id,user_id,username,name' } });
  const me = await ask('me');
  // Tokens made through a Facebook page only work with the account's id.
  const answer = !me.ok && me.reason === 'rejected' && expectedId ? await ask(encodeURIComponent(expectedId)) : me;
  if (!answer.ok) return answer;
  const [id, userId, username] = [answer.body['id'], answer.body['user_id'], answer.body['username']].map(textOf);
  const accountId = userId ?? id;
  if (!accountId || (expectedId && expectedId !== userId && expectedId !== id)) return { ok: false, reason: 'rejected' };
  return {
    ok: true,
    accountId,
    displayName: textOf(answer.body['name']) ?? username ?? accountId,
    ...(username && { username }),
  };
}
