import { expect, test } from 'vitest';
import { createSpaceGuard } from '#platform/embedded/space-guard.ts';
import { silent } from '../../support/pipeline.ts';

test('below the threshold nothing is accepted, above it everything resumes; an unreadable disk changes nothing', async () => {
  const reads: (number | Error)[] = [1_000, 999, new Error('no such disk'), 1_000];
  const guard = createSpaceGuard({
    dir: '/',
    minFreeBytes: 1_000,
    logger: silent,
    read: async () => {
      const next = reads.shift();
      if (typeof next === 'number') return next;
      throw next;
    },
  });

  const seen: boolean[] = [];
  for (const _ of [1, 2, 3, 4]) {
    await guard.look();
    seen.push(guard.isLow());
  }

  expect(seen).toEqual([false, true, true, false]);
});
