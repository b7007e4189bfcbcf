import type { PeerFailureReason } from './reasons.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const GIVE_UP_AFTER_MS = 24 * 60 * MINUTE_MS;
// A short outage is over within seconds of its end, a long one is not hammered.
const SHORT_OUTAGE_MS = 10 * MINUTE_MS;
const LONGEST_IN_SHORT_MS = 10 * SECOND_MS;

const PASSING: readonly PeerFailureReason[] = ['rate_limited', 'unreachable'];

/**
 * How long to wait before a reply is sent again, in ms; null when it must not be: the failure is for good, or the reply is
 * older than a day. The platform's own delay wins; without one the wait grows with the reply's age.
 */
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
