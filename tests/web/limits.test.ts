import { afterAll, beforeAll, expect, test } from 'vitest';
import { TooManyRequestsError } from '../../src/core/errors.ts';
import { addressOf } from '../../src/web/client-address.ts';
import { createLimits } from '../../src/web/limits.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test('of fifty concurrent tries exactly the allowed number pass, counted in the database', async () => {
  const limits = createLimits(opened);
  const [one, other] = [
    limits.limiter('same', { points: 7, durationSeconds: 60 }),
    limits.limiter('same', { points: 7, durationSeconds: 60 }),
  ];
  const tries = Array.from({ length: 50 }, (_, i) =>
    (i % 2 ? one : other).consume('key').then(
      () => true,
      (error) => error,
    ),
  );
  const results = await Promise.all(tries);
  expect(results.filter((result) => result === true)).toHaveLength(7);
  expect(results.filter((result) => result instanceof TooManyRequestsError)).toHaveLength(43);
});

test('forgive empties the count, reward gives one try back', async () => {
  const limiter = createLimits(opened).limiter('forgive', { points: 1, durationSeconds: 60 });
  await limiter.consume('key');
  await expect(limiter.consume('key')).rejects.toThrow(TooManyRequestsError);
  await limiter.forgive('key');
  await limiter.consume('key');
  await limiter.reward('key');
  await expect(limiter.consume('key')).resolves.toBeUndefined();
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['192.0.2.7:51234', '192.0.2.7'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['an invented one', 'unknown'],
  ['9'.repeat(16_000), 'unknown'],
])('the limits count %s as %s', (ip, address) => {
  expect(addressOf({ ip } as never)).toBe(address);
});
