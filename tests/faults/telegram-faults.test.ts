// R26 to R32: Telegram refusing, throttling, breaking, or away. One bot suffers, its neighbour must not (I9).
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { pause } from '../support/pause.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, PASSWORD, type Visitor, visitor } from '../support/site-visitor.ts';
import { startSmtpEmulator } from '../support/smtp-emulator.ts';
import { within } from '../support/soak.ts';
import type { BotState, Call } from '../support/telegram-emulator/bot-state.ts';
import { type Fault, faults } from '../support/telegram-emulator/faults.ts';

// The longest backoff after a fault of the network, and the call that follows it.
const RESUMES_WITHIN_MS = within(10_000);

let product: Product;
let proxy: FaultProxy;
let smtp: Awaited<ReturnType<typeof startSmtpEmulator>>;
let owner: Visitor;
let neighbour: BotState;
let bot: BotState;
let page: string;

beforeAll(async () => {
  product = await startProduct({
    async adapt(env) {
      const { hostname: host, port } = new URL(env['TELEGRAM_API_ROOT'] as string);
      proxy = await startFaultProxy({ host, port: Number(port) });
      smtp = await startSmtpEmulator();
      return { ...env, TELEGRAM_API_ROOT: `http://127.0.0.1:${proxy.port}`, SMTP_URL: smtp.url };
    },
  });
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  [neighbour] = made.bots;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(async () => {
  await product.close();
  await Promise.all([proxy.close(), smtp.close()]);
});

let lastBot = 0;
// Each fault meets a bot of its own.
beforeEach(async () => {
  lastBot += 1;
  bot = product.telegram.addBot({ token: `${800_000_000 + lastBot}:${'B'.repeat(35)}` });
  page = await createTelegramBot(owner, { name: `Sufferer ${lastBot}`, systemPrompt: 'You help.', token: bot.token });
  await inState('ACTIVE');
});

interface Connection {
  state: string;
  reason: string | null;
}
async function connection(): Promise<Connection | undefined> {
  const text = 'SELECT state::text, failure_reason AS reason FROM connections WHERE account_id = $1';
  return (await product.installation.query<Connection & { [column: string]: unknown }>(text, [String(bot.id)]))[0];
}
const inState = (state: string, limitMs = 60_000): Promise<unknown> =>
  product.telegram.waitFor(async () => (await connection())?.state === state, `state ${state}`, limitMs);

let lastUser = 0;
/** A customer of the bot writes; gives how long the answer took. */
async function answered(from: BotState, limitMs = 60_000): Promise<number> {
  const userId = ++lastUser;
  const askedAt = performance.now();
  product.telegram.customerSends(from, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => from.sent.some(({ chatId }) => chatId === userId), 'an answer', limitMs);
  return performance.now() - askedAt;
}
const callsSince = (atMs: number, method?: string): number =>
  product.telegram.calls(bot, method).filter((call) => call.atMs >= atMs).length;
/** The bot's calls of the method meet the fault, `times` of them; gives those that came since. */
function refuse(method: string, fault: Fault, times?: number): () => Call[] {
  const before = product.telegram.calls(bot, method).length;
  product.telegram.fault({ botId: bot.id, method, fault, ...(times !== undefined && { times }) });
  return () => product.telegram.calls(bot, method).slice(before);
}
/** From the call that was refused first to the next one. */
const pauseMs = ([refused, next]: Call[]): number => (next?.atMs ?? Number.NaN) - (refused?.atMs ?? Number.NaN);

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
  const customers = Array.from({ length: 30 }, () => ++lastUser);
  // Longer than it takes to see that the token is dead; “typing…” is not shown a second time by then.
  controls.latencyMs = 4_500;
  for (const userId of customers) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => product.telegram.calls(bot, 'sendChatAction').length === 30, 'answers being made');
  const before = product.telegram.calls(bot).length;
  product.telegram.revoke(bot);
  await inState('FAILED');
  await untilSettled(product);
  controls.latencyMs = 0;

  expect(product.telegram.calls(bot).length - before).toBeLessThanOrEqual(3);
  expect(bot.sent).toEqual([]);
});

test('R27: another program polls the bot: shown, asked every 30 s at most, mends itself', async () => {
  const polls = refuse('getUpdates', faults.conflict);
  await inState('FAILED');
  expect(await connection()).toEqual({ state: 'FAILED', reason: 'polled_elsewhere' });
  expect((await owner.get(page)).html).toMatch(/boshqa|another|друг/i);
  product.telegram.heal(bot.id);
  await inState('ACTIVE', 60_000);

  expect(pauseMs(polls())).toBeGreaterThanOrEqual(30_000);
  await answered(bot);
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
  const users = Array.from({ length: 20 }, () => ++lastUser);
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
  product.telegram.customerSends(bot, { userId: ++lastUser, languageCode: 'en', text: 'What is this?' });
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

test("R32: a webhook that somebody set is shown, not removed behind the owner's back; without it the bot mends itself", async () => {
  bot.webhookUrl = 'https://example.com/hook';
  bot.poll?.terminate('Conflict: terminated by setWebhook request');
  await inState('FAILED', 40_000);
  expect(await connection()).toEqual({ state: 'FAILED', reason: 'webhook_set' });
  expect(bot.webhookUrl).toBe('https://example.com/hook');
  bot.webhookUrl = '';
  await inState('ACTIVE', 60_000);
  await answered(bot);
});

test('R31: away for more than a day: the gap is recorded once and shown to the owner', async () => {
  await product.app.end('SIGTERM');
  await product.installation.query("UPDATE leases SET expires_at = now() - interval '30 hours'");
  await product.restart();
  await answered(bot, 40_000);
  const gaps = async (): Promise<{ gaps: number }[]> =>
    product.installation.query(
      `SELECT count(*)::int AS gaps FROM audit_lines a JOIN connections c ON c.id::text = a.target_id
       WHERE a.action = 'connection.gap' AND c.account_id = $1`,
      [String(bot.id)],
    );
  await product.telegram.waitFor(async () => (await gaps())[0]?.gaps === 1, 'the gap');
  await product.app.end('SIGTERM');
  await product.restart();
  await answered(bot, 40_000);

  expect(await gaps()).toEqual([{ gaps: 1 }]);
  const [shown] = await product.installation.query<{ text: string }>(
    "SELECT to_char((details->>'until')::timestamptz AT TIME ZONE 'Asia/Tashkent', 'HH24:MI') AS text FROM audit_lines WHERE action = 'connection.gap' LIMIT 1",
  );
  const again = visitor(product.app.url);
  await again.submit('/login', '/login', { login: 'owner', password: PASSWORD });
  const { html } = await again.get(page);
  expect(html).toContain(shown?.text);
  expect(html).toMatch(/24 soat|24 hours|24 часа/);
});
