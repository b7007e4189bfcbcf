// R42: a broadcast that meets all at once: some have blocked the bot, Telegram says to wait, the owner pauses it, tries to change
// it and lets it go on, customers write meanwhile; and one that is cancelled halfway. The sums are Telegram's and SQL's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mostWithin } from '../support/most-within.ts';
import { seedPastCustomers } from '../support/past-customers.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import { soak, within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { faults } from '../support/telegram-emulator/faults.ts';

const RECIPIENTS = 600;
const BLOCKED = RECIPIENTS * 0.03;
const FIRST_CHAT = 10_000;
const WAIT_SECONDS = 2;
const REPLY_LIMIT_MS = within(2_000);
// R42 asks for 25, which is measured (docs/operations.md); a machine that is busy with other tests may be held up.
const LEAST_PER_SECOND = soak(5, 20);
// What is late falls into the next second: over ten seconds that evens out.
const TEN_SECONDS_MS = 10_000;
const MOST_IN_TEN_SECONDS = 280;

let product: Product;
let bot: BotState;
let owner: Visitor;
let base: string;
beforeAll(async () => {
  product = await startProduct({ ai: false });
  const made = await ownerWithBots(product, 1);
  [owner, bot] = [made.owner, made.bots[0]];
  base = `${/\/bots\/[0-9a-f-]{36}/.exec((await owner.get('/bots')).html)?.[0]}/broadcasts`;
  await seedPastCustomers(product, bot, { firstChat: FIRST_CHAT, count: RECIPIENTS });
}, 120_000);
afterAll(() => product.close());

const counts = async (id: string): Promise<Record<string, number>> => {
  const rows = await product.installation.query<{ state: string; n: number }>(
    'SELECT state::text, count(*)::int AS n FROM broadcast_recipients WHERE broadcast_id = $1 GROUP BY 1',
    [id],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
};
const stateOf = async (id: string): Promise<string | undefined> =>
  (await product.installation.query<{ state: string }>('SELECT state::text FROM broadcasts WHERE id = $1', [id]))[0]?.state;
const broadcastTo = (text: string) => bot.sent.filter((sent) => sent.text.startsWith(text));
const until = (what: string, condition: () => boolean | Promise<boolean>) => product.telegram.waitFor(condition, what, 120_000);

async function begin(text: string): Promise<{ id: string; own: string }> {
  const done = await owner.submit(base, base, { text });
  expect(done.status).toBe(303);
  const own = done.location as string;
  return { id: own.split('/').at(-1) as string, own };
}
const press = (own: string, act: string, fields = {}) => owner.submit(own, `${own}/${act}`, fields);

let customer = 0;
async function answerMs(): Promise<number> {
  const userId = ++customer;
  const askedAt = performance.now();
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `Are you open, ${userId}?` });
  await product.telegram.waitFor(() => bot.sent.some(({ chatId }) => chatId === userId), 'an answer', 60_000);
  return performance.now() - askedAt;
}

test('blocked by some, told to wait, paused, changed too late, gone on with: everybody once, and the sums add up', async () => {
  // In the order of their ids: after the first fifty, who decide whether it goes on, and after those whose pace is measured.
  const blocked = await product.installation.query<{ chat: string }>(
    'SELECT platform_user_id AS chat FROM customers ORDER BY id OFFSET 400 LIMIT $1',
    [BLOCKED],
  );
  for (const { chat } of blocked) bot.blockedBy.add(Number(chat));
  const { id, own } = await begin('Fresh bread');
  await until('the first messages', () => broadcastTo('Fresh bread').length > 80);
  const from = broadcastTo('Fresh bread').length;
  const times = [await answerMs(), await answerMs(), await answerMs()];
  await until('some more', () => broadcastTo('Fresh bread').length > from + 200);
  const undisturbed = broadcastTo('Fresh bread').slice(from);
  const perSecond = ((undisturbed.length - 1) * 1_000) / ((undisturbed.at(-1)?.atMs ?? 0) - (undisturbed[0]?.atMs ?? 0));

  product.telegram.fault({ botId: bot.id, method: 'sendMessage', times: 3, fault: faults.tooMany(WAIT_SECONDS) });
  await until('it to go on', async () => broadcastTo('Fresh bread').length > from + 240);
  expect((await press(own, 'pause')).status).toBe(303);
  await until('what is on its way', async () => !(await counts(id))['sending']);
  const paused = broadcastTo('Fresh bread').length;
  times.push(await answerMs());
  await owner.submit(own, `${own}/edit`, { text: 'Stale bread', scheduledAt: '' });
  expect([await stateOf(id), broadcastTo('Fresh bread').length]).toEqual(['paused', paused]);
  expect((await press(own, 'resume')).status).toBe(303);
  times.push(await answerMs());
  await until('the end', async () => (await stateOf(id)) === 'finished');

  expect(await counts(id)).toEqual({ sent: RECIPIENTS - BLOCKED, failed: BLOCKED });
  const chats = broadcastTo('Fresh bread').map(({ chatId }) => chatId);
  expect([chats.length, new Set(chats).size]).toEqual([RECIPIENTS - BLOCKED, RECIPIENTS - BLOCKED]);
  expect(chats.filter((chatId) => bot.blockedBy.has(chatId))).toEqual([]);
  expect(bot.sent.filter(({ text }) => text.startsWith('Stale bread'))).toEqual([]);
  const inTenSeconds = mostWithin(
    broadcastTo('Fresh bread').map(({ atMs }) => atMs),
    TEN_SECONDS_MS,
  );
  expect(perSecond).toBeGreaterThanOrEqual(LEAST_PER_SECOND);
  expect(inTenSeconds).toBeLessThanOrEqual(MOST_IN_TEN_SECONDS);
  for (const ms of times) expect(ms).toBeLessThan(REPLY_LIMIT_MS);
  const [used] = await product.installation.query('SELECT broadcast_recipients AS n FROM usage_months');
  expect(used).toEqual({ n: RECIPIENTS });
  console.info(
    `${perSecond.toFixed(1)} a second undisturbed, ${inTenSeconds} in ten seconds at most; the slowest answer meanwhile ${Math.round(Math.max(...times))} ms`,
  );
}, 240_000);

test('cancelled halfway: what went out is counted, the rest never goes and is given back to the plan', async () => {
  const [before] = await product.installation.query<{ n: number }>('SELECT broadcast_recipients AS n FROM usage_months');
  const { id, own } = await begin('Half price');
  await until('the first messages', () => broadcastTo('Half price').length > 100);
  expect((await press(own, 'cancel')).status).toBe(303);
  await until('what is on its way', async () => !(await counts(id))['sending']);
  const gone = broadcastTo('Half price').length;
  await answerMs();
  const [after] = await product.installation.query<{ n: number }>('SELECT broadcast_recipients AS n FROM usage_months');
  // Another broadcast under way shows that the runner has looked at all of them again.
  await begin('Whole price');
  await until('the next broadcast', () => broadcastTo('Whole price').length > 0);

  const { sent = 0, queued = 0, skipped = 0, failed = 0, unconfirmed = 0 } = await counts(id);
  expect([sent, broadcastTo('Half price').length]).toEqual([gone, gone]);
  // Whoever has blocked the bot is known from before, and was left out.
  expect([skipped, sent + queued + failed + unconfirmed]).toEqual([BLOCKED, RECIPIENTS + customer - 1 - BLOCKED]);
  expect((after?.n ?? 0) - (before?.n ?? 0)).toBe(sent);
});
