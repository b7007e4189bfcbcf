export const BROADCAST_STATES = ['scheduled', 'preparing', 'sending', 'paused', 'halted', 'finished', 'cancelled'] as const;
export type BroadcastState = (typeof BROADCAST_STATES)[number];

/** States of one recipient, in the order they occur. */
export const RECIPIENT_STATES = ['queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unconfirmed', 'skipped'] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];
export type RecipientCounts = Record<RecipientState, number>;

/** `no_chat`: the customer wrote in groups only. `no_photo`: the channel cannot fetch our photo. */
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

export const HALT_REASONS = [
  'many_failures',
  'plan_limit',
  'token_revoked',
  'unreachable',
  'template',
  'template_paused',
] as const;
export type HaltReason = (typeof HALT_REASONS)[number];

export const isUnderWay = (state: BroadcastState): boolean =>
  state === 'scheduled' || state === 'preparing' || state === 'sending';

/** Messages sent first. The rest waits for their result. */
export const START_MESSAGES = 50;
const MAX_START_FAILURES = START_MESSAGES * 0.1;

/** `halt` as soon as more than a tenth of the first messages failed or met a block. */
export function judgeStart({ settled, failed }: { settled: number; failed: number }): 'wait' | 'go_on' | 'halt' {
  if (failed > MAX_START_FAILURES) return 'halt';
  return settled >= START_MESSAGES ? 'go_on' : 'wait';
}

export const totalOf = (counts: Partial<RecipientCounts>): number =>
  RECIPIENT_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
