/**
 * Why an answer was not the AI's. Closed: each has its translation at `reasons.ai.<reason>` in every language.
 * `no_key` nothing configured · `bad_key` refused by Google · `quota_reached` the tenant's plan · `customer_pause` too many
 * questions a minute from one customer · `bot_pause` too many to one bot · `no_knowledge` never used by the AI, only by the fallback when nothing fits.
 */
export const AI_FAILURE_REASONS = [
  'no_key',
  'bad_key',
  'unreachable',
  'timeout',
  'rate_limited',
  'daily_limit',
  'blocked',
  'empty',
  'model_retired',
  'rejected',
  'overloaded',
  'quota_reached',
  'customer_pause',
  'bot_pause',
] as const;
export type AiFailureReason = (typeof AI_FAILURE_REASONS)[number];

/**
 * Why a platform did not do what we asked: `reasons.peer.<reason>`. `undeliverable` this customer cannot be reached there ·
 * `not_permitted` the token lacks a right · `account_restricted` the platform limits the business · `payment_required` it
 * wants money first · `connection_stopped` never said by a platform: the owner stopped the connection before it went out ·
 * `photo_refused` the photo, not the words · `template_…` an approved template of WhatsApp: there is none of this name and
 * language, it has another number or kind of parameters, Meta has paused it, or it refused what it was filled with.
 */
export const PEER_FAILURE_REASONS = [
  'blocked_by_customer',
  'chat_gone',
  'window_closed',
  'rate_limited',
  'token_revoked',
  'unreachable',
  'rejected',
  'undeliverable',
  'not_permitted',
  'account_restricted',
  'payment_required',
  'connection_stopped',
  'photo_refused',
  'template_missing',
  'template_parameters',
  'template_paused',
  'template_refused',
] as const;
export type PeerFailureReason = (typeof PEER_FAILURE_REASONS)[number];

const ABOUT_ONE_CUSTOMER: readonly PeerFailureReason[] = ['blocked_by_customer', 'chat_gone', 'window_closed', 'undeliverable'];
const TEMPLATE: readonly PeerFailureReason[] = ['template_missing', 'template_parameters', 'template_paused', 'template_refused'];

/** Whether it was the template that was refused, so that nobody can get it. */
export const isAboutTemplate = (reason: PeerFailureReason): boolean => TEMPLATE.includes(reason);

/** Whether it says something of the connection, and not of one customer or one message only. */
export const isConnectionWide = (reason: PeerFailureReason): boolean =>
  !ABOUT_ONE_CUSTOMER.includes(reason) && !isAboutTemplate(reason) && reason !== 'photo_refused';

/** Why a connection does not work: `reasons.connection.<reason>` says it, `reasons.connection.<reason>_remedy` what to do. */
export const CONNECTION_FAILURE_REASONS = [
  'token_revoked',
  'polled_elsewhere',
  'webhook_set',
  'webhook_failing',
  'unreachable',
  'rejected',
  'plan_limit',
] as const;
export type ConnectionFailureReason = (typeof CONNECTION_FAILURE_REASONS)[number];

/**
 * Why a webhook refused a delivery, or a handshake: `reasons.webhook.<meta or telegram>.<reason>` says it,
 * `reasons.webhook.<meta or telegram>.<reason>_remedy` what an admin does about it. `unsigned` without a signature or secret at
 * all · `wrong_signature` with another one · `unknown_account` for an account, or a connection, that nobody here has at work ·
 * `malformed` no body we can read · `wrong_verify_token` the handshake of Meta with another token.
 */
export const WEBHOOK_REFUSALS = ['unsigned', 'wrong_signature', 'unknown_account', 'malformed', 'wrong_verify_token'] as const;
export type WebhookRefusal = (typeof WEBHOOK_REFUSALS)[number];
