import type { LinkButton } from '#core/broadcast-parts.ts';
import type { ChannelAdapter, Credentials, PeerFailure, Sent } from '../channel.ts';
import { ACCESS_TOKEN, ACCOUNT_ID, APP_SECRET, DAY_MS } from '../meta/credentials.ts';
import { createGraphClient, type GraphAnswer, type GraphClient } from '../meta/graph-client.ts';
import { numberOf, textOf } from '../meta/json.ts';
import { downloadMedia } from '../meta/media.ts';
import { fromMarkdown } from '../meta/message-text.ts';
import { isSignedBy } from '../meta/signature.ts';
import { decodeInstagram } from './instagram.decode.ts';

/** The environment's names. */
export interface InstagramSettings {
  META_GRAPH_URL?: string | undefined;
  INSTAGRAM_ACCESS_TOKEN?: string | undefined;
  INSTAGRAM_APP_SECRET?: string | undefined;
  WHATSAPP_APP_SECRET?: string | undefined;
}

const GRAPH_URL = 'https://graph.instagram.com';
// Seen: typing_on goes out by itself after about 20 seconds.
const TYPING_MS = 20_000;
// Echoes come with the messages.
const SUBSCRIBED_FIELDS = 'messages,messaging_postbacks,messaging_seen,message_reactions';
const field = (name: string) => ({ name, labelKey: `connections.field.${name}`, helpKey: `connections.help.${name}` });

/** Instagram messaging with Instagram Login. No token ever appears in what is returned. */
export function instagramAdapter(settings: InstagramSettings = {}): ChannelAdapter {
  const graph = createGraphClient({ baseUrl: settings.META_GRAPH_URL ?? GRAPH_URL });
  // Some deliveries are signed with the Instagram app's own secret, some with the Meta app's. Source: botpress, OCS (2026-11).
  const platformSecrets = [settings.INSTAGRAM_APP_SECRET, settings.WHATSAPP_APP_SECRET].filter((secret) => secret !== undefined);
  const { INSTAGRAM_ACCESS_TOKEN: instagramAccessToken, INSTAGRAM_APP_SECRET: instagramAppSecret } = settings;
  const defaults: Credentials = {
    ...(instagramAccessToken && { instagramAccessToken }),
    ...(instagramAppSecret && { instagramAppSecret }),
  };
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
    kind: 'instagram',
    credentialFields: [
      { ...field('instagramAccessToken'), secret: true, pattern: ACCESS_TOKEN },
      { ...field('instagramAccountId'), secret: false, pattern: ACCOUNT_ID },
      { ...field('instagramAppSecret'), secret: true, pattern: APP_SECRET },
    ],
    defaults,
    // Source: META instagram-platform messaging-api/send-message: 1,000 bytes of UTF-8, so 500 Cyrillic letters (2026-11).
    textLimit: { max: 1_000, unit: 'utf8-bytes' },
    replyWindowMs: DAY_MS,
    typingMs: TYPING_MS,
    marksRead: true,
    webhook: {
      platformSecrets,
      secretOf: ({ instagramAppSecret }) => instagramAppSecret || null,
      isSigned: isSignedBy,
      decode: decodeInstagram,
    },

    accountIdOf: ({ instagramAccountId = '' }) => (ACCOUNT_ID.test(instagramAccountId) ? instagramAccountId : null),
    check: (credentials) => checkAccount(graph, tokenOf(credentials), credentials['instagramAccountId'] ?? ''),

    sendText: (credentials, chatId, text) => post(credentials, chatId, { message: { text: plainText(text) } }).then(sentOf),

    // Source: META instagram-platform messaging-api/button-template (text 640 characters, title 20), send-message (an image
    // is an address that Meta fetches, jpeg or png, 8 MB, and carries no words; 2026-11).
    parts: { caption: null, button: { text: { max: 640, unit: 'utf16' }, maxLabel: 20 } },
    fetchesPhotos: true,
    async sendRich(credentials, chatId, { text, photo, button }) {
      if (photo && !photo.publicUrl) return { ok: false, reason: 'photo_refused', notSent: true };
      const attachment = photo
        ? { type: 'image', payload: { url: photo.publicUrl } }
        : { type: 'template', payload: buttonTemplate(plainText(text), button) };
      return post(credentials, chatId, { message: { attachment } }).then(sentOf);
    },

    async showTyping(credentials, chatId, externalId) {
      // Two calls, which may cross: what matters is that both are seen.
      const seen = externalId ? act(credentials, chatId, 'mark_seen') : undefined;
      await Promise.all([seen, act(credentials, chatId, 'typing_on')]);
    },
    markRead: (credentials, chatId) => act(credentials, chatId, 'mark_seen'),

    /** Here the file's id is its address, which dies after some days; it asks for no token, so it gets none. */
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
async function checkAccount(
  graph: GraphClient,
  token: string,
  expectedId: string,
): Promise<{ ok: true; accountId: string; displayName: string; username?: string } | PeerFailure> {
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
