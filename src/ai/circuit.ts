import type { AiFailureReason } from '#core/reasons.ts';
import type { AiFailure } from './gemini-failure.ts';

/** Failures that the next call would most likely meet again. The others show a service that lives. */
const COUNTED: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>([
  'unreachable',
  'timeout',
  'overloaded',
  'rate_limited',
  'daily_limit',
  'bad_key',
]);
const MAX_OPEN_MS = 60_000;

/**
 * Stops asking a service that does not answer: after `threshold` failures in a row every call is refused with the last
 * reason for `openMs` (longer when Google told us to wait longer); then one call may try, and its outcome decides. A failure
 * counts only when nothing succeeded since that call began: one bot whose questions hang says nothing about the others'.
 */
export function createCircuit({ threshold, openMs }: { threshold: number; openMs: number }) {
  let failures = 0;
  let openReason: AiFailureReason | null = null;
  let openUntil = 0;
  let succeededAtMs = Number.NEGATIVE_INFINITY;

  return {
    /** Why not to call at this time; null = call, and record how it went. */
    refusal(nowMs: number): AiFailureReason | null {
      if (openReason === null) return null;
      if (nowMs < openUntil) return openReason;
      // The caller is the probe; the others wait for its outcome, or for another round should it never report.
      openUntil = nowMs + openMs;
      return null;
    },

    record(nowMs: number, outcome: { ok: true } | AiFailure, begunAtMs: number): void {
      if (outcome.ok || !COUNTED.has(outcome.reason)) {
        failures = 0;
        openReason = null;
        succeededAtMs = nowMs;
        return;
      }
      if (succeededAtMs > begunAtMs) return;
      failures += 1;
      if (failures < threshold) return;
      openReason = outcome.reason;
      openUntil = nowMs + Math.min(Math.max(openMs, outcome.retryAfterMs ?? 0), MAX_OPEN_MS);
    },
  };
}
