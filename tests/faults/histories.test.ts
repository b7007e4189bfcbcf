// R46: random histories against a model. Each one is a business of its own in one running product: its bot is written to,
// messages come twice, the process is killed or restarted, the token revoked, the quota changed, the month turned, the bot
// deleted, in whatever order comes. HISTORIES=100 for more of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { pause } from '../support/pause.ts';
import { type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, PASSWORD, registerOwner, type Visitor, visitor } from '../support/site-visitor.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const HISTORIES = Number(process.env['HISTORIES'] ?? soak(2, 50));
// What failed once, or is worth playing every time, event by event: a seed alone means another history when the kinds change.
const KEPT: { from: string; events: Event[] }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'kept-histories.json'), 'utf8'),
);
const FIRST_QUOTA = 12;
// R15: of a process that was killed just before, the lease has to lapse first.
const POLLED_AGAIN_MS = 60_000;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  product.gemini.controls.latencyMs = 80;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

type Event =
  | { do: 'messages'; count: number }
  | { do: 'duplicates' }
  | { do: 'kill'; afterMs: number }
  | { do: 'restart'; afterMs: number }
  | { do: 'revoke' }
  | { do: 'quota'; limit: number }
  | { do: 'new month' }
  | { do: 'delete' };

const afterMs = fc.integer({ min: 0, max: 250 });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('messages' as const), count: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.constant<Event>({ do: 'duplicates' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), afterMs }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), afterMs }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'revoke' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('quota' as const), limit: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 2, arbitrary: fc.constant<Event>({ do: 'new month' }) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'delete' }) },
);
const history = fc.array(event, { minLength: 5, maxLength: 12 });

/** What must have become of the business; knows nothing of how. */
interface Model {
  /** Everyone who wrote, each once: each gets one reply. */
  asked: Set<number>;
  /** AI answers this month and in all, and how many a month may have. */
  usedThisMonth: number;
  used: number;
  limit: number;
  /** Written since the quota or the month last changed; each will take an answer while there are some. */
  pending: number;
  doubled: number;
}

/** Settled: what was pending has taken what the quota had left. */
function settle(model: Model): void {
  const taken = Math.min(model.pending, Math.max(0, model.limit - model.usedThisMonth));
  model.usedThisMonth += taken;
  model.used += taken;
  model.pending = 0;
}

interface Business {
  name: string;
  owner: Visitor;
  tenantId: string;
  bot: BotState;
  page: string;
}

let businesses = 0;
let people = 0;

async function newBusiness(): Promise<Business> {
  const name = `business${++businesses}.${process.pid}`;
  const owner = await registerOwner(product.app.url, name);
  const bot = product.telegram.addBot({ token: `${820_000_000 + businesses}:${'D'.repeat(35)}` });
  const page = await createTelegramBot(owner, { name: 'Aida', systemPrompt: 'You help.', token: bot.token });
  const [row] = await product.installation.query<{ id: string }>(
    'SELECT tenant_id AS id FROM connections WHERE account_id = $1',
    [String(bot.id)],
  );
  // Everybody asks what it says: who comes when the answers are used up gets it, and no question is kept for later.
  await owner.submit(`${page}/knowledge`, `${page}/knowledge`, { title: 'Price of bread', content: 'A loaf costs 5 000.' });
  const business = { name, owner, tenantId: row?.id ?? '', bot, page };
  await setQuota(business, FIRST_QUOTA);
  await active(bot);
  return business;
}

const active = (bot: BotState): Promise<unknown> =>
  product.telegram.waitFor(
    async () =>
      (await product.installation.query("SELECT 1 FROM connections WHERE state = 'ACTIVE' AND account_id = $1", [String(bot.id)]))
        .length > 0,
    'a running bot',
    120_000,
  );
const setQuota = ({ tenantId }: Business, limit: number): Promise<unknown> =>
  product.installation.query('UPDATE subscriptions SET max_messages_per_month = $2 WHERE tenant_id = $1', [tenantId, limit]);

async function signedIn({ name }: Business): Promise<Visitor> {
  const again = visitor(product.app.url);
  await again.submit('/login', '/login', { login: name, password: PASSWORD });
  return again;
}

const write = ({ bot }: Business): number => {
  const userId = ++people;
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is the price of bread, ${userId}?` });
  return userId;
};

/** Plays the history; false when the bot was deleted in it. */
async function play(business: Business, model: Model, events: Event[]): Promise<boolean> {
  const { bot } = business;
  for (const one of events) {
    switch (one.do) {
      case 'messages':
        for (let i = 0; i < one.count; i += 1) model.asked.add(write(business));
        model.pending += one.count;
        break;
      case 'duplicates':
        for (const update of [...bot.delivered.values()].slice(-10)) product.telegram.redeliver(bot, update);
        break;
      case 'kill':
        await pause(one.afterMs);
        await product.app.end('SIGKILL');
        model.doubled += (
          await product.installation.query("SELECT 1 FROM messages WHERE direction = 'out' AND status = 'sending'")
        ).length;
        await product.restart();
        break;
      case 'restart':
        await pause(one.afterMs);
        expect(await product.app.end('SIGTERM')).toBe(0);
        await product.restart();
        break;
      case 'quota':
        await untilSettled(product);
        settle(model);
        await setQuota(business, one.limit);
        model.limit = one.limit;
        break;
      case 'new month':
        // A month passes: what was this month's is last month's. The database's clock cannot be turned, its rows can.
        await untilSettled(product);
        settle(model);
        await product.installation.query("UPDATE usage_months SET month = month - interval '1 month' WHERE tenant_id = $1", [
          business.tenantId,
        ]);
        await product.installation.query(
          "UPDATE messages SET charged_month = charged_month - interval '1 month' WHERE tenant_id = $1",
          [business.tenantId],
        );
        model.usedThisMonth = 0;
        break;
      case 'revoke':
        await untilSettled(product);
        settle(model);
        await revokeAndRestore(business, model);
        break;
      case 'delete':
        await untilSettled(product);
        settle(model);
        await (await signedIn(business)).submit(business.page, `${business.page}/delete`, { confirmName: 'Aida' });
        write(business);
        return false;
    }
  }
  return true;
}

/** Whoever writes while the token is dead is answered when the owner has started the bot again. */
async function revokeAndRestore(business: Business, model: Model): Promise<void> {
  const { bot, page } = business;
  product.telegram.revoke(bot);
  const failed = "SELECT id FROM connections WHERE state = 'FAILED' AND account_id = $1";
  const find = async () => (await product.installation.query<{ id: string }>(failed, [String(bot.id)]))[0];
  const connection = await product.telegram.waitFor(find, 'the refused token', POLLED_AGAIN_MS);
  model.asked.add(write(business));
  model.pending += 1;
  bot.revoked = false;
  const done = await (await signedIn(business)).submit(page, `${page}/connections/${connection.id}/start`, {});
  expect(done.status).toBe(303);
  await active(bot);
}

async function check(business: Business, model: Model, lives: boolean): Promise<void> {
  if (lives) {
    await untilSettled(product, 90_000);
    settle(model);
  }
  const { bot, tenantId } = business;
  const replies = bot.sent.filter(({ chatId }) => model.asked.has(chatId));
  expect(new Set(replies.map(({ chatId }) => chatId)), 'everyone who wrote is answered').toEqual(model.asked);
  expect(bot.sent.length - replies.length, 'nobody else is').toBe(0);
  expect(replies.length, 'once').toBeLessThanOrEqual(model.asked.size + model.doubled);
  const months = await product.installation.query<{ used: number }>(
    'SELECT coalesce(sum(ai_answers), 0)::int AS used FROM usage_months WHERE tenant_id = $1',
    [tenantId],
  );
  expect(months[0]?.used, 'charged as the model says').toBe(model.used);
  const byAi = new Set(replies.filter(({ text }) => text.startsWith('You asked:')).map(({ chatId }) => chatId));
  expect(byAi.size, 'so many had an answer of the AI').toBe(model.used);
  const kept = await product.installation.query('SELECT 1 FROM kept_questions WHERE tenant_id = $1', [tenantId]);
  expect(kept, 'none waits for a top-up').toEqual([]);
  if (lives) await expectInvariants(product, { doubled: everDoubled, usage: false });
  // What was written to a deleted bot waits for nobody.
  else bot.queue = [];
}
let everDoubled = 0;

async function holds(events: Event[]): Promise<void> {
  const business = await newBusiness();
  const model: Model = { asked: new Set(), usedThisMonth: 0, used: 0, limit: FIRST_QUOTA, pending: 0, doubled: 0 };
  const lives = await play(business, model, events);
  everDoubled += model.doubled;
  await check(business, model, lives);
}

test.each(KEPT)('the history of $from, kept', async ({ from, events }) => {
  console.info(`${from}: ${events.map((one) => one.do).join(', ')}`);
  await holds(events);
}, 240_000);

test('every kind of event is in a history that is always played', () => {
  const kinds: Record<Event['do'], true> = {
    messages: true,
    duplicates: true,
    kill: true,
    restart: true,
    revoke: true,
    quota: true,
    'new month': true,
    delete: true,
  };
  expect(new Set(KEPT.flatMap(({ events }) => events.map((one) => one.do)))).toEqual(new Set(Object.keys(kinds)));
});

test(`${HISTORIES} histories nobody has seen before`, async () => {
  const seed = Number(process.env['HISTORY_SEED'] ?? soak(1, Date.now() % 2 ** 31));
  const played = fc.asyncProperty(history, async (events) => {
    console.info(`seed ${seed}: ${events.map((one) => one.do).join(', ')}`);
    await holds(events);
  });
  // A shorter history would need a product of its own to be worth its minutes.
  const { failed, errorInstance, counterexample } = await fc.check(played, { seed, numRuns: HISTORIES, endOnFailure: true });
  expect({ seed, failed, errorInstance, counterexample }).toEqual({
    seed,
    failed: false,
    errorInstance: null,
    counterexample: null,
  });
}, 600_000);
