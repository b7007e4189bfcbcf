import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
} from 'cockatiel';
import type { AiFailureReason } from '#core/reasons.ts';
import type { AskResult } from './gemini-answer.ts';
import type { AiFailure } from './gemini-failure.ts';

/** Failures that the next call would most likely repeat. */
const COUNTED: ReadonlySet<AiFailureReason> = new Set<AiFailureReason>([
  'unreachable',
  'timeout',
  'overloaded',
  'rate_limited',
  'daily_limit',
  'bad_key',
  'location_refused',
  'billing_required',
  'credits_depleted',
]);
const MAX_OPEN_MS = 60_000;

export type Outcome = AskResult & { unheard?: boolean };

// Thrown past the breaker, which counts every returned value.
const UNHEARD = new Error('says nothing about the service');
const isCounted = (outcome: Outcome): outcome is Outcome & AiFailure => !outcome.ok && COUNTED.has(outcome.reason);

/** Refuses calls after `threshold` failures in a row; then one call probes. Hanging calls beside successful ones do not count. */
export function createCircuit({ threshold, openMs }: { threshold: number; openMs: number }) {
  let refusal: AiFailure = { ok: false, reason: 'unreachable' };
  let successes = 0;
  let openedAtMs = 0;
  const waitMs = (): number => Math.min(Math.max(openMs, refusal.retryAfterMs ?? 0), MAX_OPEN_MS);
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => isCounted(outcome as Outcome)),
    { breaker: new ConsecutiveBreaker(threshold), halfOpenAfter: new DelegateBackoff(waitMs) },
  );
  breaker.onBreak(() => {
    openedAtMs = Date.now();
  });

  async function pass(call: () => Promise<Outcome>): Promise<Outcome> {
    // The breaker would wait for the probe, which may hang for the whole time limit.
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
  }

  return Object.assign(pass, {
    /** Null when a call would be made. */
    refusal(): AiFailure | null {
      const { state } = breaker;
      const isWaiting = state === CircuitState.Open && Date.now() - openedAtMs < waitMs();
      return isWaiting || state === CircuitState.HalfOpen ? refusal : null;
    },
  });
}

export type Circuit = ReturnType<typeof createCircuit>;
