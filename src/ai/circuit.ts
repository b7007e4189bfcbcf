import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
} from 'cockatiel';
import type { AiFailureReason } from '#core/reasons.ts';
import type { AskResult } from './ask.ts';
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

/** How a call went; `unheard`: the service had no say in it. */
export type Outcome = AskResult & { unheard?: boolean };

// Thrown past the breaker, which counts whatever is returned.
const UNHEARD = new Error('says nothing about the service');
const isCounted = (outcome: Outcome): outcome is Outcome & AiFailure => !outcome.ok && COUNTED.has(outcome.reason);

/**
 * Stops asking a service that does not answer: after `threshold` failures in a row every call is refused with the last
 * reason for `openMs` (longer when Google told us to wait longer); then one call may try, and its outcome decides. A failure
 * counts only when nothing succeeded since that call began: one bot whose questions hang says nothing about the others'.
 */
export function createCircuit({ threshold, openMs }: { threshold: number; openMs: number }) {
  let refusal: AiFailure = { ok: false, reason: 'unreachable' };
  let successes = 0;
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => isCounted(outcome as Outcome)),
    {
      breaker: new ConsecutiveBreaker(threshold),
      halfOpenAfter: new DelegateBackoff(() => Math.min(Math.max(openMs, refusal.retryAfterMs ?? 0), MAX_OPEN_MS)),
    },
  );

  return async (call: () => Promise<Outcome>): Promise<Outcome> => {
    // The breaker would have it wait for the probe, which may hang for the whole budget.
    if (breaker.state === CircuitState.HalfOpen) return refusal;
    const before = successes;
    let outcome: Outcome = refusal;
    try {
      await breaker.execute(async () => {
        const isProbe = breaker.state === CircuitState.HalfOpen;
        outcome = await call();
        if (!isCounted(outcome)) successes += 1;
        else if (!isProbe && (outcome.unheard || successes > before)) throw UNHEARD;
        else refusal = outcome;
        return outcome;
      });
    } catch (error) {
      if (error !== UNHEARD && !(error instanceof BrokenCircuitError)) throw error;
    }
    return outcome;
  };
}
