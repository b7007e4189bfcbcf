import { expect, test } from 'vitest';
import type { TooManyRequestsError } from '../../../src/core/errors.ts';
import { createSlowLane } from '../../../src/features/auth/slow-lane.ts';

const EVERY_MS = 15;

async function run(tries: [address: string, tries: number][]): Promise<string[]> {
  const lane = createSlowLane({ everyMs: EVERY_MS, maxWaiting: 3 });
  const seen: string[] = [];
  const startedAt = performance.now();
  const enter = ([address, count]: [string, number]) =>
    lane.enter('account', { address, tries: count }).then(
      () => void seen.push(address),
      (error: TooManyRequestsError) => void seen.push(`${address}: ${error.status}`),
    );
  await Promise.all(tries.map(enter));
  const gone = seen.filter((line) => !line.includes(':')).length;
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual((gone - 1) * (EVERY_MS - 1));
  return seen;
}

test('tries go one by one, those who failed least first', async () => {
  expect(
    await run([
      ['first', 9],
      ['guesser', 8],
      ['owner', 1],
    ]),
  ).toEqual(['first', 'owner', 'guesser']);
});

test('when too many wait, the one with the most failures is refused, and each address waits once', async () => {
  const seen = await run([
    ['first', 1],
    ['a', 9],
    ['a', 10],
    ['b', 8],
    ['c', 7],
    ['owner', 1],
  ]);
  expect(seen).toEqual(['first', 'a: 429', 'a: 429', 'owner', 'c', 'b']);
});

test('accounts do not wait for each other', async () => {
  const lane = createSlowLane({ everyMs: 60_000, maxWaiting: 3 });
  for (const account of ['one', 'two']) await lane.enter(account, { address: 'same', tries: 1 });
  await expect(
    Promise.all(['x', 'y', 'z', 'w'].map((address) => lane.enter('one', { address, tries: 1 }))),
  ).rejects.toMatchObject({ status: 429, retryAfterSeconds: 180 });
});
