import { DAY_MS } from '#core/durations.ts';
import { replyWindow } from './reply-window.ts';

/** Why a held question is dropped. `nothing_to_ask`: its messages are gone or hold no question. `failed`: out of tries. */
export const KEPT_DROP_REASONS = ['answered_since', 'person', 'too_old', 'nothing_to_ask', 'failed'] as const;
export type KeptDropReason = (typeof KEPT_DROP_REASONS)[number];

/** The limit where a platform has no reply window: a later answer confuses the customer. */
export const LONGEST_KEPT_MS = DAY_MS;

export function keptForMs(replyWindowMs: number | null): number {
  const asked = new Date(0);
  const { closesAt } = replyWindow({ lastCustomerMessageAt: asked, windowMs: replyWindowMs ?? LONGEST_KEPT_MS, now: asked });
  return Math.min(closesAt?.getTime() ?? LONGEST_KEPT_MS, LONGEST_KEPT_MS);
}
