import type { LinkButton } from '#core/broadcast-parts.ts';
import type { AccountCheck, ChannelClient, ChannelSettings, Credentials, Sent } from '../channel.ts';
import { createGraphClient, type GraphAnswer, type GraphClient, graphUrl } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia } from '../meta/media.ts';
import { fromMarkdown } from '../meta/message-text.ts';

// Echoes come with the messages.
const SUBSCRIBED_FIELDS = 'messages,messaging_postbacks,messaging_seen,message_reactions';

/** The calls to Instagram messaging with Instagram Login. No token ever appears in what is returned. */
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
  const act = (credentials: Credentials, chatId: string, action: string) =>
    post(credentials, chatId, { sender_action: action }).then(() => {});

  return {
    check: (credentials) => checkAccount(graph, tokenOf(credentials), credentials['instagramAccountId'] ?? ''),

    sendText: (credentials, chatId, text) => post(credentials, chatId, { message: { text: plainText(text) } }).then(sentOf),

    async sendRich(credentials, chatId, { text, photo, button }) {
      if (photo && !photo.publicUrl) return { ok: false, reason: 'photo_refused', notSent: true };
      const attachment = photo
        ? { type: 'image', payload: { url: photo.publicUrl } }
        : { type: 'template', payload: buttonTemplate(plainText(text), button) };
      return post(credentials, chatId, { message: { attachment } }).then(sentOf);
    },

    async showTyping(credentials, chatId, externalId) {
      // The order of the two calls does not matter.
      const seen = externalId ? act(credentials, chatId, 'mark_seen') : undefined;
      await Promise.all([seen, act(credentials, chatId, 'typing_on')]);
    },
    markRead: (credentials, chatId) => act(credentials, chatId, 'mark_seen'),

    /** The file's id is its address, which expires after some days. It needs no token, so none is sent. */
    fetchMedia: (_credentials, fileId, maxBytes) => downloadMedia(graph, { url: fileId, maxBytes }),

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
      const query = { subscribed_fields: SUBSCRIBED_FIELDS };
      const answer = await graph.call({ method: 'POST', path: 'me/subscribed_apps', token: tokenOf(credentials), query });
      return answer.ok ? { ok: true } : answer;
    },

    async renewToken(credentials) {
      const token = tokenOf(credentials);
      // Source: META instagram-platform/reference/refresh_access_token (tokens from 24 hours of age on, not run out; 2026-11).
      const query = { grant_type: 'ig_refresh_token', access_token: token };
      const answer = await graph.call({ method: 'GET', path: 'refresh_access_token', token, query, unversioned: true });
      if (!answer.ok) return answer;
      const [renewed, seconds] = [textOf(answer.body['access_token']), numberOf(answer.body['expires_in'])];
      if (!renewed || seconds === undefined) return { ok: false, reason: 'rejected' };
      return { ok: true, credentials: { ...credentials, instagramAccessToken: renewed }, expiresInMs: seconds * 1_000 };
    },
  };
}

const plainText = (text: string): string => fromMarkdown(text, { bold: '', code: '' });

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

/**
 * Whose token it is. `user_id` is the account's id in webhooks, `id` the app's name for the same account: owners copy either.
 * Source: META instagram-platform/reference/me (2026-11).
 */
async function checkAccount(graph: GraphClient, token: string, expectedId: string): Promise<AccountCheck> {
  const ask = (path: string) => graph.call({ method: 'GET', path, token, query: { fields: 'id,user_id,username,name' } });
  const me = await ask('me');
  // Tokens made through a Facebook page know the account by its id alone.
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
