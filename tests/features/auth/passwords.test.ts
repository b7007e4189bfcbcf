import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { createPasswords } from '../../../src/features/auth/passwords.ts';

const LOWEST_COST = 4;
const person = { username: 'gulnora', email: 'gulnora.k@example.com' };

const shared = createPasswords({ cost: LOWEST_COST });

test('every character of a long password counts, Cyrillic too', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  const long = 'ж'.repeat(80);
  const hash = await passwords.hash(`${long}а`);
  expect(await passwords.matches(`${long}а`, hash)).toBe(true);
  expect(await passwords.matches(`${long}б`, hash)).toBe(false);
  expect(await passwords.matches('\0anything', await passwords.hash('\0other'))).toBe(false);
});

test('a name nobody has costs the work of a hash: the time to the answer says nothing of whether there is one', async () => {
  const passwords = createPasswords({ cost: 11 });
  const hash = await passwords.hash('seven blue cranes');
  // Of several, the quickest: whatever else the machine does only adds to it.
  const quickest = async (of: string | null): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const askedAt = performance.now();
      expect(await passwords.matches('not the password', of)).toBe(false);
      times.push(performance.now() - askedAt);
    }
    return Math.min(...times);
  };
  await passwords.matches('warm', null);
  const ratio = (await quickest(null)) / (await quickest(hash));
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.4);
});

test('one way of writing a letter is as good as the other', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  expect(await passwords.matches('caf\u0065\u0301 at noon', await passwords.hash('caf\u00e9 at noon'))).toBe(true);
});

test('four hashes run, fifty wait, and the next ones are told to come back', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  const results = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.hash('seven blue cranes')));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as AppError] : []));
  expect(refused).toHaveLength(16);
  expect(refused.every((reason) => reason instanceof AppError && reason.status === 503)).toBe(true);
  expect(await passwords.hash('seven blue cranes')).toMatch(/^\$2b\$04\$/);
});

test.each([
  ['Password1', 'auth.form.password_common'],
  ['QWERTY123', 'auth.form.password_common'],
  ['Minecraft', 'auth.form.password_common'],
  ['Manchester1', 'auth.form.password_common'],
  ['Toshkent1', 'auth.form.password_common'],
  ['йцукен123', 'auth.form.password_common'],
  ['abcabcabc', 'auth.form.password_common'],
  ['GULNORA1', 'auth.form.password_own_name'],
  ['gulnora.k@example.com', 'auth.form.password_own_name'],
  ['BotFactory!', 'auth.form.password_own_name'],
  ['gulnora likes tea', null],
  ['correct horse battery staple', null],
])('%s: %s', async (password, reason) => {
  expect(await shared.weakness(password, person)).toBe(reason);
});
