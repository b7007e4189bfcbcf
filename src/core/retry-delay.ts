import { DAY_MS, MINUTE_MS } from '#core/durations.ts';
import type { PeerFailureReason } from './reasons.ts';

const SECOND_MS = 1_000;
const GIVE_UP_AFTER_MS = DAY_MS;
const SHORT_OUTAGE_MS = 10 * MINUTE_MS;
const LONGEST_IN_SHORT_MS = 10 * SECOND_MS;

const PASSING: readonly PeerFailureReason[] = ['rate_limited', 'pair_limited', 'unreachable'];

/** Null when the failure is permanent or the reply too old. Without the platform's own delay the wait grows with the age. */
export function retryDelayMs({
  reason,
  retryAfterMs,
  ageMs,
}: {
  reason: PeerFailureReason;
  retryAfterMs?: number;
  ageMs: number;
}): number | null {
  if (!PASSING.includes(reason) || ageMs >= GIVE_UP_AFTER_MS) return null;
  if (retryAfterMs !== undefined) return Math.max(retryAfterMs, SECOND_MS);
  const longest = ageMs < SHORT_OUTAGE_MS ? LONGEST_IN_SHORT_MS : MINUTE_MS;
  return Math.min(Math.max(ageMs / 4, SECOND_MS), longest);
}
