import { expect, test } from 'vitest';
import { retryOnConflict } from '../../src/platform/db/retry.ts';

/** Fails with these SQLSTATEs, one per try, then succeeds; counts its tries. */
function failing(...codes: string[]) {
  const work = { tries: 0, run: async () => {} };
  work.run = async () => {
    const code = codes[work.tries++];
    if (code) throw Object.assign(new Error('refused'), { code });
  };
  return work;
}

test.each(['40001', '40P01'])('work rolled back for a conflict (%s) runs again', async (code) => {
  const work = failing(code, code, code);
  await retryOnConflict(work.run);

  expect(work.tries).toBe(4);
});

test('after three more tries the caller gets the error', async () => {
  const work = failing('40P01', '40P01', '40P01', '40P01');

  await expect(retryOnConflict(work.run)).rejects.toMatchObject({ code: '40P01' });
  expect(work.tries).toBe(4);
});

test('any other failure reaches the caller at once', async () => {
  const work = failing('23505');

  await expect(retryOnConflict(work.run)).rejects.toMatchObject({ code: '23505' });
  expect(work.tries).toBe(1);
});
