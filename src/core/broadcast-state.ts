export const BROADCAST_STATES = ['scheduled', 'preparing', 'sending', 'paused', 'halted', 'finished', 'cancelled'] as const;
export type BroadcastState = (typeof BROADCAST_STATES)[number];

/** What becomes of one recipient, in the order it becomes so. */
export const RECIPIENT_STATES = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed', 'skipped'] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];
export type RecipientCounts = Record<RecipientState, number>;

/**
 * Why a customer gets nothing: `broadcasts.skip.<reason>`. `no_chat`: wrote in groups only ·
 * `no_photo`: the channel cannot fetch our photo.
 */
export const SKIP_REASONS = [
  'blocked',
  'opted_out',
  'window_closed',
  'no_template',
  'no_photo',
  'connection_off',
  'no_chat',
  'cancelled',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a broadcast halted by itself: `broadcasts.halt.<reason>`. */
export const HALT_REASONS = [
  'many_failures',
  'plan_limit',
  'token_revoked',
  'unreachable',
  'template',
  'template_paused',
] as const;
export type HaltReason = (typeof HALT_REASONS)[number];

/** Whether anything can still change without a person. */
export const isUnderWay = (state: BroadcastState): boolean =>
  state === 'scheduled' || state === 'preparing' || state === 'sending';

/** How many go out before the rest may follow. */
export const START_MESSAGES = 50;
const MAX_START_FAILURES = START_MESSAGES * 0.1;

/**
 * Whether the start went well: `halt` when more than a tenth of the first fifty failed or found the bot blocked, as soon as
 * that is certain; `wait` until all fifty are settled.
 */
export function judgeStart({ settled, failed }: { settled: number; failed: number }): 'wait' | 'go_on' | 'halt' {
  if (failed > MAX_START_FAILURES) return 'halt';
  return settled >= START_MESSAGES ? 'go_on' : 'wait';
}

export const totalOf = (counts: Partial<RecipientCounts>): number =>
  RECIPIENT_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
