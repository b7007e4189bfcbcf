import { expect, test } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import type { Asker } from '../../../src/features/auth/hash-lanes.ts';
import { createPasswords } from '../../../src/features/auth/passwords.ts';

const LOWEST_COST = 4;
const person = { username: 'gulnora', email: 'gulnora.k@example.com' };

const STRANGER = { known: false, key: '192.0.2.1' };
const shared = createPasswords({ cost: LOWEST_COST });

test('every character of a long password counts, Cyrillic too', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  const long = 'ж'.repeat(80);
  const hash = await passwords.hash(`${long}а`, STRANGER);
  expect(await passwords.matches(`${long}а`, hash, STRANGER)).toBe(true);
  expect(await passwords.matches(`${long}б`, hash, STRANGER)).toBe(false);
  expect(await passwords.matches('\0anything', await passwords.hash('\0other', STRANGER), STRANGER)).toBe(false);
});

test('an unknown name costs a hash, so the response time does not reveal accounts', async () => {
  const passwords = createPasswords({ cost: 10 });
  const known = await passwords.hash('seven blue cranes', STRANGER);
  await passwords.matches('warm', null, STRANGER);
  const timeOf = async (hash: string | null): Promise<number> => {
    const askedAt = performance.now();
    expect(await passwords.matches('not the password', hash, STRANGER)).toBe(false);
    return performance.now() - askedAt;
  };
  // The quickest of many, asked in turn: other work on the machine only adds time, so both approach their own work.
  const quickest = { unknown: Infinity, known: Infinity };
  for (let round = 0; round < 40; round += 1) {
    quickest.unknown = Math.min(quickest.unknown, await timeOf(null));
    quickest.known = Math.min(quickest.known, await timeOf(known));
    const ratio = quickest.unknown / quickest.known;
    if (ratio > 0.8 && ratio < 1.25) return;
  }
  expect.unreachable(`the times differ: ${JSON.stringify(quickest)}`);
});

test('composed and decomposed letters are the same password', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  expect(await passwords.matches('caf\u0065\u0301 at noon', await passwords.hash('caf\u00e9 at noon', STRANGER), STRANGER)).toBe(
    true,
  );
});

test('of one address one hash runs and 25 wait, of all strangers two run and fifty wait; further ones get 503', async () => {
  const passwords = createPasswords({ cost: LOWEST_COST });
  const refusedOf = async (askers: Asker[]): Promise<AppError[]> => {
    const results = await Promise.allSettled(askers.map((asker) => passwords.hash('seven blue cranes', asker)));
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as AppError] : []));
  };
  expect(await refusedOf(Array<Asker>(40).fill(STRANGER))).toHaveLength(14);
  const refused = await refusedOf(Array.from({ length: 70 }, (_, n) => ({ known: false, key: String(n) })));
  expect(refused).toHaveLength(18);
  expect(refused.every((reason) => reason instanceof AppError && reason.status === 503)).toBe(true);
  expect(await passwords.hash('seven blue cranes', STRANGER)).toMatch(/^\$2b\$04\$/);
});

test('S74: a flood of strangers leaves the known people their own lane', async () => {
  const passwords = createPasswords({ cost: 10 });
  const flood = Array.from({ length: 50 }, (_, n) => passwords.hash('guess', { known: false, key: String(n) }));
  const order: string[] = [];
  const strangers = Promise.all(flood).then(() => order.push('strangers'));
  await passwords.hash('mine', { known: true, key: 'owner' }).then(() => order.push('owner'));
  await strangers;
  expect(order).toEqual(['owner', 'strangers']);
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
  ['botfactory2026', 'auth.form.password_own_name'],
  ['gulnora1990!', 'auth.form.password_own_name'],
  ['toshkent123', 'auth.form.password_common'],
  ['Toshkent2026!', 'auth.form.password_common'],
  ['2026Samarqand', 'auth.form.password_common'],
  ['Oʻzbekiston91', 'auth.form.password_common'],
  ["Farg'ona_1990", 'auth.form.password_common'],
  ['ташкент-2026', 'auth.form.password_common'],
  ['Ўзбекистон1991', 'auth.form.password_common'],
  ['telegram_bot_777', 'auth.form.password_common'],
  ['InstagramParol1', 'auth.form.password_common'],
  ['a-long-enough-passphrase-9', null],
  ['bring seven samarqand melons', null],
  ['gulnora likes tea', null],
  ['correct horse battery staple', null],
])('%s: %s', async (password, reason) => {
  expect(await shared.weakness(password, person)).toBe(reason);
});
