// R26, R28 to R30: Telegram refusing, throttling, or breaking. One bot suffers, its neighbour must not (I9).
import { expect, test } from 'vitest';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { pause } from '../support/pause.ts';
import { within } from '../support/soak.ts';
import { faults } from '../support/telegram-emulator/faults.ts';
import {
  answered,
  bot,
  callsSince,
  connection,
  inState,
  neighbour,
  newUser,
  pauseMs,
  product,
  proxy,
  refuse,
  smtp,
  useTelegramWorld,
} from './telegram-world.ts';

// The longest backoff after a fault of the network, and the call that follows it.
const RESUMES_WITHIN_MS = within(10_000);

useTelegramWorld();

test('R26: a revoked token is known within 5 s and asked no more; the owner is told once', async () => {
  const before = smtp.mails.length;
  const revokedAt = Date.now();
  product.telegram.revoke(bot);
  await inState('FAILED');
  await product.telegram.waitFor(() => smtp.mails.length > before, 'the mail to the owner');
  const planned = 'SELECT retry_at FROM connections WHERE account_id = $1';
  expect(await product.installation.query(planned, [String(bot.id)])).toEqual([{ retry_at: null }]);
  // Meanwhile the neighbour is polled again and again.
  for (let customer = 0; customer < 5; customer += 1) await answered(neighbour);

  expect(await connection()).toEqual({ state: 'FAILED', reason: 'token_revoked' });
  expect(callsSince(revokedAt)).toBeLessThanOrEqual(3);
  expect(smtp.mails.length - before).toBe(1);
  expect(await answered(neighbour)).toBeLessThan(within(3_000));
});

test('R26: however many customers wait for their answer, a revoked token is asked no more', async () => {
  const { controls } = product.gemini;
  const customers = Array.from({ length: 30 }, () => newUser());
  // Longer than it takes to see that the token is dead; “typing…” is not shown a second time by then.
  controls.latencyMs = 4_500;
  for (const userId of customers) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => product.telegram.calls(bot, 'sendChatAction').length === 30, 'answers being made');
  product.telegram.revoke(bot);
  await inState('FAILED');
  const before = product.telegram.calls(bot).length;
  await untilSettled(product);
  controls.latencyMs = 0;

  expect(product.telegram.calls(bot).length - before).toBeLessThanOrEqual(3);
  expect(bot.sent).toEqual([]);
});

test.each(['sendMessage', 'getUpdates'])('R28: told to wait 6 s at %s, this bot waits and the other does not', async (method) => {
  const calls = refuse(method, faults.tooMany(6), 1);
  // The poll under way was asked before the fault; the next one meets it.
  const first = answered(bot);
  await product.telegram.waitFor(() => calls().length > 0, 'the call that is refused');
  // Another customer of the bot has to wait as well.
  const second = answered(bot, 30_000);
  expect(await answered(neighbour)).toBeLessThan(within(3_000));
  await Promise.all([first, second]);
  expect(pauseMs(calls())).toBeGreaterThanOrEqual(6_000);
  expect((await connection())?.state).toBe('ACTIVE');
  await untilSettled(product);
  await expectInvariants(product);
});

const breakages: [string, () => Promise<unknown> | unknown, (() => unknown)?][] = [
  ['502 with a page of HTML', () => product.telegram.fault({ fault: faults.badGateway })],
  ['resets', () => proxy.set({ kind: 'reset' })],
  ['nobody listening', () => proxy.set({ kind: 'refuse' })],
  ['a black hole', () => proxy.set({ kind: 'black_hole' })],
];

test.each(breakages)('R29: %s: asked with growing pauses, back within 10 s of its end, nothing lost', async (_what, breakIt) => {
  await breakIt();
  const brokenAt = Date.now();
  const users = Array.from({ length: 20 }, () => newUser());
  for (const userId of users) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await pause(15_000);
  const calls = callsSince(brokenAt, 'getUpdates');
  product.telegram.heal();
  await proxy.heal();
  const healedAt = performance.now();
  const all = (): boolean => users.every((userId) => bot.sent.some(({ chatId }) => chatId === userId));
  await product.telegram.waitFor(all, 'every answer', 60_000);
  const resumedMs = performance.now() - healedAt;
  await untilSettled(product);

  expect(calls).toBeLessThanOrEqual(12);
  expect(resumedMs).toBeLessThan(RESUMES_WITHIN_MS);
  await inState('ACTIVE');
  await expectInvariants(product);
  console.info(`${_what}: ${calls} polls in 15 s, ${Math.round(resumedMs)} ms from its end to the last of 20 answers`);
});

test.each([
  ['blocked by the customer', 403, 'Forbidden: bot was blocked by the user', 'blocked_by_customer'],
  ['the chat is gone', 400, 'Bad Request: chat not found', 'chat_gone'],
  ['the text is refused', 400, 'Bad Request: message is too long', 'rejected'],
])('R30: %s: one call, never again, kept with its reason, and charged', async (_what, status, description, reason) => {
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'error', status, description } });
  const since = Date.now();
  product.telegram.customerSends(bot, { userId: newUser(), languageCode: 'en', text: 'What is this?' });
  const outcome = async (): Promise<unknown[]> =>
    product.installation.query(
      `SELECT m.status::text, m.reason, m.charged_month IS NOT NULL AS charged FROM messages m JOIN connections c ON c.id = m.connection_id
       WHERE c.account_id = $1 AND m.direction = 'out'`,
      [String(bot.id)],
    );
  await product.telegram.waitFor(async () => JSON.stringify(await outcome()).includes('failed'), 'the failure');
  // No job is left that could send it again.
  await untilSettled(product);

  expect(await outcome()).toEqual([{ status: 'failed', reason, charged: true }]);
  expect(callsSince(since, 'sendMessage')).toBe(1);
  product.telegram.heal(bot.id);
  await expectInvariants(product);
});
