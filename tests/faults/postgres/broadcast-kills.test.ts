import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { mostWithin } from '../../support/most-within.ts';
import { seedPastCustomers } from '../../support/past-customers.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { Visitor } from '../../support/site-visitor.ts';
import { soak, within } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const RECIPIENTS = 5_000;
const FIRST_CHAT = 10_000;
// R42 asks for 25, which is measured (docs/operations.md); a machine that is busy with other tests may be held up.
const LEAST_PER_SECOND = soak(5, 20);
const MOST_IN_A_SECOND = 30;
const TEN_SECONDS_MS = 10_000;
// At the other end some messages of a second are late and fall into the next: over ten seconds that evens out.
const MOST_IN_TEN_SECONDS = 280;
const LATENCY_MS = 120;
const RUN_MS = 420_000;

let product: Product;
let second: AppProcess;
let bot: BotState;
let owner: Visitor;
beforeAll(async () => {
  product = await startProduct();
  const { owner: visitor, bots } = await ownerWithBots(product, 1);
  [owner, bot] = [visitor, bots[0]];
  second = await startApp(product.env);
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'latency', ms: LATENCY_MS } });
  await seedPastCustomers(product, bot, { firstChat: FIRST_CHAT, count: RECIPIENTS });
});
afterAll(async () => {
  await second.end('SIGTERM');
  await product.close();
});

const countOf = async (where: string): Promise<number> =>
  (await product.installation.query<{ n: number }>(`SELECT count(*)::int AS n FROM broadcast_recipients WHERE ${where}`))[0]?.n ??
  -1;
const broadcasts = () => product.telegram.sent(bot).filter(({ chatId }) => chatId >= FIRST_CHAT);

/** Kills a process without a word; gives what it and the other were sending then, at most. */
async function kill(app: AppProcess): Promise<number> {
  await app.end('SIGKILL');
  return countOf("state = 'sending'");
}

/** How long our own answer to a new customer took, in ms. */
async function answerTime(userId: number): Promise<number> {
  const askedMs = Date.now();
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `Are you open? ${userId}` });
  await product.telegram.waitFor(() => product.telegram.sent(bot).some(({ chatId }) => chatId === userId), 'an answer', 60_000);
  return Date.now() - askedMs;
}

test(`${RECIPIENTS} recipients, two processes, two kills: nobody twice, nobody left out, answers do not wait`, {
  timeout: RUN_MS + 60_000,
}, async () => {
  const path = (await owner.get('/bots')).html.match(/\/bots\/[0-9a-f-]{36}/)?.[0] as string;
  const done = await owner.submit(`${path}/broadcasts`, `${path}/broadcasts`, { text: 'Fresh bread' });
  expect(done.status).toBe(303);

  await product.telegram.waitFor(() => broadcasts().length > 800, 'the first messages', 120_000);
  const times = [await answerTime(1), await answerTime(2)];
  const perSecond = undisturbedRate();
  let inFlight = await kill(product.app);
  await product.restart();
  await product.telegram.waitFor(() => broadcasts().length > 2_500, 'half of them', 180_000);
  times.push(await answerTime(3));
  inFlight += await kill(second);
  second = await startApp(product.env);
  const finished = async () =>
    (await product.installation.query<{ state: string }>('SELECT state FROM broadcasts'))[0]?.state === 'finished';
  await product.telegram.waitFor(finished, 'the end', RUN_MS);

  const chats = broadcasts().map(({ chatId }) => chatId);
  expect(chats.length).toBe(new Set(chats).size);
  const [sent, unconfirmed] = [await countOf("state = 'sent'"), await countOf("state = 'unconfirmed'")];
  expect(sent + unconfirmed).toBe(RECIPIENTS);
  expect(unconfirmed).toBeLessThanOrEqual(inFlight);
  expect(chats.length).toBeGreaterThanOrEqual(sent);
  expect(perSecond).toBeGreaterThanOrEqual(LEAST_PER_SECOND);
  expect(mostWithin(await claimTimes(), 1_000)).toBeLessThanOrEqual(MOST_IN_A_SECOND);
  expect(
    mostWithin(
      broadcasts().map(({ atMs }) => atMs),
      TEN_SECONDS_MS,
    ),
  ).toBeLessThanOrEqual(MOST_IN_TEN_SECONDS);
  // A second of our own time; the emulated platform and AI take theirs.
  for (const time of times) expect(time).toBeLessThan(within(2_000));
});

/** Broadcast messages a second after the start, which goes step by step, while nothing was killed yet. */
function undisturbedRate(): number {
  const times = broadcasts()
    .slice(100)
    .map(({ atMs }) => atMs);
  return ((times.length - 1) * 1_000) / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}

/** When the slots were taken, by the database's clock. */
async function claimTimes(): Promise<number[]> {
  const text =
    'SELECT (extract(epoch FROM claimed_at) * 1000)::bigint AS at FROM broadcast_recipients WHERE claimed_at IS NOT NULL';
  return (await product.installation.query<{ at: string }>(text)).map(({ at }) => Number(at));
}
