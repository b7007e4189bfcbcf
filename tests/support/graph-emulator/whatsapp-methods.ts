import { randomBytes } from 'node:crypto';
import { type GraphAccount, isWindowOpen } from './accounts.ts';
import { type GraphReply, graphError, ok } from './errors.ts';
import { contentOf, isReply } from './whatsapp-content.ts';
import { mediaProblem } from './whatsapp-media.ts';
import { listTemplates } from './whatsapp-templates.ts';

export interface MethodContext {
  nowMs: number;
  /** Where this emulator is, for addresses it gives out. */
  url: string;
  /** Called when a text went out. */
  onSent: (account: GraphAccount, externalId: string) => void;
}

const BSUID = /^[A-Z]{2}\.\w+$/;
const invalid = (message: string): GraphReply => graphError({ code: 100, message: `(#100) ${message}` });

/** graph.facebook.com for one number: what is below the version in the path. */
export function whatsappMethod(
  account: GraphAccount,
  { method, path, body }: { method: string; path: string; body: Record<string, unknown> },
  context: MethodContext,
): GraphReply {
  if (method === 'POST' && path === `${account.id}/messages`) return messages(account, body, context);
  if (method === 'POST' && path === `${account.id}/media`) return upload(account, body);
  if (method === 'GET' && path === account.id)
    return ok({
      id: account.id,
      display_phone_number: account.handle,
      verified_name: account.name,
      platform_type: account.registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
    });
  if (method === 'POST' && path === `${account.id}/register`) return register(account, body);
  if (method === 'GET' && path === `${account.businessId}/message_templates`) return listTemplates(account);
  if (method === 'GET' && path === 'debug_token') return debugToken(account);
  if (method === 'GET' && path === `${account.businessId}/phone_numbers`) return ok({ data: [{ id: account.id }] });
  if (method === 'GET' && path.endsWith('/phone_numbers')) return ok({ data: [{ id: '1' }] });
  if (method === 'POST' && path === `${account.businessId}/subscribed_apps`) {
    account.subscribed = ['messages'];
    return ok({ success: true });
  }
  if (method === 'GET' && path === `${account.businessId}/subscribed_apps`) return ok({ data: subscribedApps(account) });
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

/** Another company's app stays subscribed, whatever becomes of ours. */
const subscribedApps = ({ subscribed }: GraphAccount) =>
  ['2', ...(subscribed ? ['1'] : [])].map((id) => ({
    whatsapp_business_api_data: { id, name: `App ${id}`, link: `https://www.facebook.com/games/?app_id=${id}` },
  }));

/** Source: META graph-api/reference/debug_token: without `target_ids` a scope holds for all accounts (2026-11). */
function debugToken({ namedBusinesses }: GraphAccount): GraphReply {
  const targets = namedBusinesses.length > 0 ? { target_ids: namedBusinesses } : {};
  const scopes = ['whatsapp_business_management', 'whatsapp_business_messaging', 'public_profile'];
  const granular = scopes.map((scope) => ({ scope, ...(scope !== 'public_profile' && targets) }));
  return ok({ data: { app_id: '1', type: 'SYSTEM_USER', is_valid: true, scopes, granular_scopes: granular } });
}

/** Source: META registration (a PIN of six digits, that of the two-step verification where there is one; 2026-11). */
function register(account: GraphAccount, { messaging_product: product, pin }: Record<string, unknown>): GraphReply {
  if (product !== 'whatsapp' || typeof pin !== 'string' || !/^\d{6}$/.test(pin)) return invalid('Param pin must be 6 digits');
  if (account.pin !== null && account.pin !== pin)
    return graphError({ code: 133005, message: 'Two step verification PIN Mismatch' });
  Object.assign(account, { registered: true, pin });
  return ok({ success: true });
}

function messages(account: GraphAccount, body: Record<string, unknown>, context: MethodContext): GraphReply {
  if (body['messaging_product'] !== 'whatsapp') return invalid('The parameter messaging_product is required.');
  if (body['status'] === 'read') return markRead(account, body);
  return send(account, body, context);
}

function upload(account: GraphAccount, body: Record<string, unknown>): GraphReply {
  const file = body['file'] as { bytes: Buffer; mimeType: string } | undefined;
  if (body['messaging_product'] !== 'whatsapp' || !file?.bytes) return invalid('The parameter file is required.');
  const problem = mediaProblem(file, String(body['type']));
  if (problem) return problem;
  const id = String(randomBytes(6).readUIntBE(0, 6));
  account.media.set(id, file);
  account.uploads += 1;
  return ok({ id });
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

function send(account: GraphAccount, body: Record<string, unknown>, { nowMs, onSent }: MethodContext): GraphReply {
  const [to, recipient] = [body['to'], body['recipient']];
  const chatId = to ?? recipient;
  if (typeof chatId !== 'string' || chatId === '') return invalid('The parameter to is required.');
  if (to !== undefined && !/^\d{5,20}$/.test(chatId))
    return graphError({ code: 131009, message: '(#131009) Parameter value is not valid' });
  if (to === undefined && !BSUID.test(chatId)) return graphError({ code: 131062 });
  if (!account.registered) return graphError({ code: 133010, message: '(#133010) Account not registered' });
  const content = contentOf(account, body);
  if (isReply(content)) return content;
  if (!content.template && !isWindowOpen(account, chatId, nowMs)) return graphError({ code: 131047 });
  const last = account.sent.findLast((sent) => sent.chatId === chatId);
  if (last && nowMs - last.atMs < account.pairLimitMs) return graphError({ code: 131056 });

  const externalId = `wamid.${randomBytes(27).toString('base64')}`;
  account.sent.push({ chatId, byUserId: to === undefined, ...content, externalId, atMs: nowMs });
  onSent(account, externalId);
  return ok({ messaging_product: 'whatsapp', contacts: [{ input: chatId, wa_id: chatId }], messages: [{ id: externalId }] });
}
