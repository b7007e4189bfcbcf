import { replyWindow } from './reply-window.ts';

/**
 * Why a kept question is answered no more. `answered_since` the customer wrote again and was answered · `person` somebody of
 * the business answers · `too_old` its time is over · `nothing_to_ask` its messages are gone or hold no question · `failed`
 * out of tries.
 */
export const KEPT_DROP_REASONS = ['answered_since', 'person', 'too_old', 'nothing_to_ask', 'failed'] as const;
export type KeptDropReason = (typeof KEPT_DROP_REASONS)[number];

/** Where a platform sets no window of its own, an answer later than this would only puzzle the customer. In ms. */
export const LONGEST_KEPT_MS = 24 * 60 * 60 * 1_000;

/** How long after it was asked a question is kept for an answer, in ms: as long as the platform lets us write, a day at most. */
export function keptForMs(replyWindowMs: number | null): number {
  const asked = new Date(0);
  const { closesAt } = replyWindow({ lastCustomerMessageAt: asked, windowMs: replyWindowMs ?? LONGEST_KEPT_MS, now: asked });
  return Math.min(closesAt?.getTime() ?? LONGEST_KEPT_MS, LONGEST_KEPT_MS);
}
