/** The AI was asked and gave no answer. `bad_key`: refused by Google. `credits_depleted`: what was paid in advance is used up. */
export const AI_FAULT_REASONS = [
  'bad_key',
  'location_refused',
  'billing_required',
  'credits_depleted',
  'unreachable',
  'timeout',
  'rate_limited',
  'daily_limit',
  'blocked',
  'empty',
  'model_retired',
  'rejected',
  'files_refused',
  'overloaded',
] as const;
/**
 * The AI was not asked, which is no fault. `no_key`: not configured. `cost_ceiling`: the month's cost has reached what the owner
 * set. `customer_pause`, `bot_pause`: too many questions a minute. `customer_day`: of one customer on one day.
 * `installation_limit`: the calls of the day are used up (AI_DAILY_LIMIT). `unproven`: the business has proven neither an e-mail
 * nor a channel, and has tried its bot out.
 */
const AI_LIMIT_REASONS = [
  'no_key',
  'quota_reached',
  'cost_ceiling',
  'customer_pause',
  'bot_pause',
  'customer_day',
  'installation_limit',
  'unproven',
] as const;
/** Only who runs the installation can mend these, so the AI is not asked again for a while. Each has a remedy for admins. */
export const AI_PROBLEM_REASONS = [
  'bad_key',
  'location_refused',
  'billing_required',
  'credits_depleted',
  'model_retired',
] as const;
export type AiProblemReason = (typeof AI_PROBLEM_REASONS)[number];
export const isAiProblem = (reason: string): reason is AiProblemReason =>
  (AI_PROBLEM_REASONS as readonly string[]).includes(reason);

export const AI_FAILURE_REASONS = [...AI_FAULT_REASONS, ...AI_LIMIT_REASONS] as const;
export type AiFailureReason = (typeof AI_FAILURE_REASONS)[number];

// `group_refused`: a group removed the bot, or does not let it write.
// `withdrawn`: ours, the customer deleted the question before its answer went out. `connection_stopped`: ours, the owner stopped it
// first. `business_account_unknown`: nothing to subscribe to. `photo_refused`: the photo, not the text.
// `file_refused`: any file. `file_gone`: Telegram does not have it any more.
// `opted_out`, `marketing_…`: advertising only. `pair_limited`: too many messages to one customer. `user_id_refused`: the message needs a
// phone number. `not_in_test_list`: the sender is a test number of Meta. `registration_broken`: of a number that was registered.
// `template_…`: WhatsApp's template is missing, paused, or refused its parameters.
export const PEER_FAILURE_REASONS = [
  'blocked_by_customer',
  'chat_gone',
  'group_refused',
  'window_closed',
  'withdrawn',
  'rate_limited',
  'token_revoked',
  'unreachable',
  'rejected',
  'undeliverable',
  'not_permitted',
  'no_advanced_access',
  'chat_of_other_app',
  'account_restricted',
  'payment_required',
  'connection_stopped',
  'business_account_unknown',
  'photo_refused',
  'file_refused',
  'file_gone',
  'template_missing',
  'template_parameters',
  'template_paused',
  'template_refused',
  'opted_out',
  'marketing_limited',
  'marketing_refused',
  'pair_limited',
  'user_id_refused',
  'not_in_test_list',
  'not_registered',
  'registration_broken',
  'display_name_refused',
] as const;
export type PeerFailureReason = (typeof PEER_FAILURE_REASONS)[number];

const ABOUT_ONE_CUSTOMER: readonly PeerFailureReason[] = [
  'blocked_by_customer',
  'chat_gone',
  'group_refused',
  'window_closed',
  'withdrawn',
  'chat_of_other_app',
  'undeliverable',
  'opted_out',
  'marketing_limited',
  'marketing_refused',
  'pair_limited',
  'user_id_refused',
  'not_in_test_list',
];
const FILE: readonly PeerFailureReason[] = ['photo_refused', 'file_refused', 'file_gone'];
const TEMPLATE: readonly PeerFailureReason[] = ['template_missing', 'template_parameters', 'template_paused', 'template_refused'];

export const isAboutTemplate = (reason: PeerFailureReason): boolean => TEMPLATE.includes(reason);

export const isConnectionWide = (reason: PeerFailureReason): boolean =>
  !ABOUT_ONE_CUSTOMER.includes(reason) && !isAboutTemplate(reason) && !FILE.includes(reason);

/** Each has a remedy too: `reasons.connection.<reason>_remedy`. */
export const CONNECTION_FAILURE_REASONS = [
  'token_revoked',
  'polled_elsewhere',
  'webhook_set',
  'webhook_failing',
  'webhook_refused',
  'unreachable',
  'rejected',
  'plan_limit',
  'claimed_elsewhere',
  'not_registered',
] as const;
export type ConnectionFailureReason = (typeof CONNECTION_FAILURE_REASONS)[number];

/** `unknown_account`: no running connection has it. `wrong_verify_token`: the handshake carries another token. */
export const WEBHOOK_REFUSALS = ['unsigned', 'wrong_signature', 'unknown_account', 'malformed', 'wrong_verify_token'] as const;
export type WebhookRefusal = (typeof WEBHOOK_REFUSALS)[number];
