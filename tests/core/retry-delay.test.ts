import { expect, test } from 'vitest';
import { retryDelayMs } from '../../src/core/retry-delay.ts';

const MINUTE_MS = 60_000;

test.each([
  ['the platform’s own delay wins', { reason: 'rate_limited', retryAfterMs: 37_000, ageMs: 0 }, 37_000],
  ['a delay of nothing is still a second', { reason: 'rate_limited', retryAfterMs: 0, ageMs: 0 }, 1_000],
  ['a fresh reply is tried again within a second', { reason: 'unreachable', ageMs: 100 }, 1_000],
  ['the wait grows with the age', { reason: 'unreachable', ageMs: 20_000 }, 5_000],
  ['a short outage is asked about every ten seconds', { reason: 'unreachable', ageMs: 5 * MINUTE_MS }, 10_000],
  ['a long one every minute', { reason: 'unreachable', ageMs: 60 * MINUTE_MS }, MINUTE_MS],
  ['after a day it is given up', { reason: 'unreachable', ageMs: 24 * 60 * MINUTE_MS }, null],
  [
    'after a day also when the platform names a delay',
    { reason: 'rate_limited', retryAfterMs: 1, ageMs: 24 * 60 * MINUTE_MS },
    null,
  ],
  ['a blocked customer is never tried again', { reason: 'blocked_by_customer', ageMs: 0 }, null],
  ['a revoked token neither', { reason: 'token_revoked', ageMs: 0 }, null],
] as const)('%s', (_name, failure, delayMs) => {
  expect(retryDelayMs(failure)).toBe(delayMs);
});
