import { randomBytes } from 'node:crypto';
import { type GraphAccount, isWindowOpen } from './accounts.ts';
import { type GraphReply, graphError, ok } from './errors.ts';

export interface MethodContext {
  nowMs: number;
  /** Where this emulator is, for addresses it gives out. */
  url: string;
  /** Called when a text went out. */
  onSent: (account: GraphAccount, externalId: string) => void;
}

const MAX_TEXT = 4_096;
const BSUID = /^[A-Z]{2}\.\w+$/;
const invalid = (message: string): GraphReply => graphError({ code: 100, message: `(#100) ${message}` });

/** graph.facebook.com for one number: what is below the version in the path. */
export function whatsappMethod(
  account: GraphAccount,
  { method, path, body }: { method: string; path: string; body: Record<string, unknown> },
  context: MethodContext,
): GraphReply {
  if (method === 'POST' && path === `${account.id}/messages`) return messages(account, body, context);
  if (method === 'GET' && path === account.id)
    return ok({ id: account.id, display_phone_number: account.handle, verified_name: account.name });
  const media = method === 'GET' ? account.media.get(path) : undefined;
  if (media) {
    const url = `${context.url}/media/${path}`;
    return ok({
      url,
      mime_type: media.mimeType,
      sha256: '0',
      file_size: media.bytes.length,
      id: path,
      messaging_product: 'whatsapp',
    });
  }
  return graphError({ code: 100, subcode: 33, message: `Unsupported request. Object with ID '${path}' does not exist` });
}

function messages(account: GraphAccount, body: Record<string, unknown>, context: MethodContext): GraphReply {
  if (body['messaging_product'] !== 'whatsapp') return invalid('The parameter messaging_product is required.');
  if (body['status'] === 'read') return markRead(account, body);
  return body['type'] === 'text' ? sendText(account, body, context) : invalid('Param type must be one of {TEXT}');
}

function markRead(account: GraphAccount, body: Record<string, unknown>): GraphReply {
  const messageId = body['message_id'];
  if (typeof messageId !== 'string' || !messageId.startsWith('wamid.')) return invalid('Invalid parameter message_id');
  account.read.push(messageId);
  const indicator = body['typing_indicator'] as { type?: string } | undefined;
  if (indicator && indicator.type !== 'text') return invalid('Param typing_indicator[type] must be one of {TEXT}');
  if (indicator) account.typing.push(messageId);
  return ok({ success: true });
}

function sendText(account: GraphAccount, body: Record<string, unknown>, { nowMs, onSent }: MethodContext): GraphReply {
  const [to, recipient] = [body['to'], body['recipient']];
  const chatId = to ?? recipient;
  if (typeof chatId !== 'string' || chatId === '') return invalid('The parameter to is required.');
  if (to !== undefined && !/^\d{5,20}$/.test(chatId))
    return graphError({ code: 131009, message: '(#131009) Parameter value is not valid' });
  if (to === undefined && !BSUID.test(chatId)) return graphError({ code: 131062 });
  const text = (body['text'] as { body?: unknown } | undefined)?.body;
  if (typeof text !== 'string' || text.trim() === '') return invalid("The parameter text['body'] is required.");
  if (text.length > MAX_TEXT) return invalid("Param text['body'] must be at most 4096 characters long.");
  if (!isWindowOpen(account, chatId, nowMs)) return graphError({ code: 131047 });
  const last = account.sent.findLast((sent) => sent.chatId === chatId);
  if (last && nowMs - last.atMs < account.pairLimitMs) return graphError({ code: 131056 });

  const externalId = `wamid.${randomBytes(27).toString('base64')}`;
  account.sent.push({ chatId, byUserId: to === undefined, text, externalId, atMs: nowMs });
  onSent(account, externalId);
  return ok({ messaging_product: 'whatsapp', contacts: [{ input: chatId, wa_id: chatId }], messages: [{ id: externalId }] });
}
