import { randomBytes } from 'node:crypto';
import { type GraphAccount, isWindowOpen, type SentText } from './accounts.ts';
import { type GraphReply, graphError, ok } from './errors.ts';
import type { MethodContext } from './whatsapp-methods.ts';

const MAX_TEXT_BYTES = 1_000;
const DAY_MS = 24 * 60 * 60 * 1_000;
const SIXTY_DAYS_SECONDS = 60 * 24 * 60 * 60;
// Source: META instagram-platform/webhooks, "Webhook fields" (2026-11).
const SUBSCRIBABLE = [
  'comments',
  'live_comments',
  'mentions',
  'message_edit',
  'message_reactions',
  'messages',
  'messaging_handover',
  'messaging_optins',
  'messaging_postbacks',
  'messaging_referral',
  'messaging_seen',
  'standby',
  'story_insights',
];
const ACTIONS = ['typing_on', 'typing_off', 'mark_seen'];
const invalid = (message: string): GraphReply => graphError({ code: 100, message: `(#100) ${message}` });

/** graph.instagram.com for one account: what is below the version in the path. */
export function instagramMethod(
  account: GraphAccount,
  { method, path, body, query }: { method: string; path: string; body: Record<string, unknown>; query: URLSearchParams },
  context: MethodContext,
): GraphReply {
  const own = path === 'me' || path === account.id;
  if (method === 'GET' && own) {
    // The app's name for the account differs from the id that webhooks carry.
    return ok({
      id: `9${account.id}`,
      user_id: account.id,
      username: account.handle,
      name: account.name,
      account_type: 'BUSINESS',
    });
  }
  const profile = method === 'GET' && account.lastInboundMs.has(path) ? account.profiles.get(path) : undefined;
  if (profile) return ok({ ...profile, id: path });
  if (method === 'POST' && (path === 'me/subscribed_apps' || path === `${account.id}/subscribed_apps`)) {
    const fields = (query.get('subscribed_fields') ?? '').split(',').filter(Boolean);
    if (fields.length === 0) return invalid('The parameter subscribed_fields is required');
    const unknown = fields.findIndex((field) => !SUBSCRIBABLE.includes(field));
    if (unknown >= 0) return invalid(`Param subscribed_fields[${unknown}] must be one of {${SUBSCRIBABLE.join(', ')}}`);
    account.subscribed = fields;
    return ok({ success: true });
  }
  const told = method === 'GET' ? account.messages.get(path) : undefined;
  if (told) {
    // Without `fields` only the id and the time are told.
    const fields = (query.get('fields') ?? 'id,created_time').split(',');
    return ok(Object.fromEntries(Object.entries({ ...told, id: path }).filter(([name]) => fields.includes(name))));
  }
  const edge = path === 'me/messages' || path === `${account.id}/messages`;
  if (method === 'POST' && edge) return messages(account, body, context);
  return graphError({ code: 100, subcode: 33, message: `Unsupported request. Object with ID '${path}' does not exist` });
}

function messages(account: GraphAccount, body: Record<string, unknown>, { nowMs, onSent }: MethodContext): GraphReply {
  const chatId = (body['recipient'] as { id?: unknown } | undefined)?.id;
  if (typeof chatId !== 'string') return invalid('The parameter recipient is required');
  if (!account.lastInboundMs.has(chatId))
    return graphError({ code: 100, subcode: 2534014, message: '(#100) The requested user cannot be found.' });
  const action = body['sender_action'];
  if (action !== undefined) {
    if (!ACTIONS.includes(String(action)))
      return invalid('Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN}');
    if (action === 'typing_on') account.typing.push(chatId);
    if (action === 'mark_seen') account.read.push(chatId);
    return ok({ recipient_id: chatId });
  }
  const content = contentOf((body['message'] ?? {}) as Record<string, unknown>);
  if ('status' in content) return content;
  if (!isWindowOpen(account, chatId, nowMs)) return graphError({ code: 10, subcode: 2534022 });

  const externalId = `aWdfZAG1${randomBytes(48).toString('base64url')}`;
  account.sent.push({ chatId, byUserId: false, ...content, externalId, atMs: nowMs });
  onSent(account, externalId);
  return ok({ recipient_id: chatId, message_id: externalId });
}

type Content = Pick<SentText, 'text' | 'photo' | 'file' | 'button' | 'choices'>;

/** Source: META instagram-platform messaging-api send-message and button-template (2026-11). */
function contentOf({ text, attachment, quick_replies: replies }: Record<string, unknown>): Content | GraphReply {
  if (attachment !== undefined) return attachmentOf(attachment as { type?: string; payload?: Record<string, unknown> });
  if (typeof text !== 'string' || text.trim() === '') return invalid('Empty text');
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES)
    return invalid('Length of param message[text] must be less than or equal to 1000');
  return replies === undefined ? { text } : withQuickReplies(text, replies as QuickReply[]);
}

interface QuickReply {
  content_type: string;
  title: string;
  payload: string;
}

/** Source: META instagram-platform messaging-api/quick-replies (13, titles of 20 characters, payloads of 1,000; 2026-11). */
function withQuickReplies(text: string, replies: QuickReply[]): Content | GraphReply {
  const wrong = ({ content_type: type, title, payload }: QuickReply) =>
    type !== 'text' || !title || title.length > 20 || !payload || payload.length > 1_000;
  if (replies.length < 1 || replies.length > 13 || replies.some(wrong)) return invalid('Invalid quick_replies');
  return { text, choices: replies.map(({ title, payload }) => ({ id: payload, title })) };
}

function attachmentOf({ type, payload = {} }: { type?: string; payload?: Record<string, unknown> }): Content | GraphReply {
  const { url, text, template_type: kind, buttons } = payload;
  if (type === 'image') {
    const fetchable = typeof url === 'string' && /^https?:/.test(url);
    return fetchable ? { text: '', photo: url } : graphError({ code: 100, subcode: 2018047 });
  }
  if (type === 'audio' || type === 'file') {
    const fetchable = typeof url === 'string' && /^https?:/.test(url);
    const kind = type === 'file' ? 'document' : type;
    return fetchable ? { text: '', file: { kind, id: url } } : graphError({ code: 100, subcode: 2018047 });
  }
  const [button, ...more] = (buttons ?? []) as { type: string; url: string; title: string }[];
  if (type !== 'template' || kind !== 'button' || !button || more.length > 2) return invalid('Invalid attachment');
  if (typeof text !== 'string' || text === '' || text.length > 640) return invalid('Length of param text must be 1 to 640');
  if (button.type !== 'web_url' || button.title.length > 20 || !/^https?:/.test(button.url)) return invalid('Invalid button');
  return { text, button: { label: button.title, url: button.url } };
}

/** A token of at least a day's age for a new one; the old one goes on working. */
export function refreshToken(account: GraphAccount, nowMs: number): GraphReply {
  if (nowMs - account.tokenAtMs < DAY_MS) return invalid('The access token must be at least 24 hours old to be refreshed');
  account.token = `IGAA${randomBytes(30).toString('hex')}`;
  account.tokenAtMs = nowMs;
  return ok({ access_token: account.token, token_type: 'bearer', expires_in: SIXTY_DAYS_SECONDS });
}
