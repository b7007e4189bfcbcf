// Check questions in the whole product: a process killed amid a run, and many bots whose runs are due at once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/protocol.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { PASSWORD, type Visitor, visitor } from '../support/site-visitor.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const QUESTIONS = 8;
const DUE = soak(40, 1_000);
const CUSTOMERS = soak(20, 200);
const AI_MS = 300;
/** Of customers' answers, with the runs beside them. */
const SLOWER = soak(Number.POSITIVE_INFINITY, 1.1);
const MOST_AT_ONCE = 2;

let product: Product;
let owner: Visitor;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  ({ owner } = made);
  [bot] = made.bots;
  await product.installation.query("UPDATE subscriptions SET type = 'PREMIUM'");
  product.gemini.controls.latencyMs = AI_MS;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

const rows = <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
  product.installation.query<Row>(sql, values);
const count = async (sql: string): Promise<number> => (await rows<{ count: number }>(sql))[0]?.count ?? -1;
const checksAsked = (): string[] =>
  product.gemini.requests.map(({ body }) => questionOf(body)).filter((question) => question.startsWith('Check '));

test('killed with SIGKILL amid a run: the next process asks the rest, and none that was answered again', async () => {
  const [{ id } = { id: '' }] = await rows<{ id: string }>('SELECT id FROM bots');
  for (let n = 0; n < QUESTIONS; n += 1) {
    expect((await owner.submit(`/bots/${id}/quality`, `/bots/${id}/quality`, { question: `Check ${n}?` })).status).toBe(303);
  }
  expect((await owner.submit(`/bots/${id}/quality`, `/bots/${id}/quality/run`, {})).status).toBe(303);
  const stored = 'SELECT count(*)::int AS count FROM quality_results';
  await product.telegram.waitFor(async () => (await count(stored)) >= 2, 'the first answers');

  await product.app.end('SIGKILL');
  const kept = await rows<{ golden_id: string; created_at: Date }>('SELECT golden_id, created_at FROM quality_results');
  // As if its time without a sign of life had passed.
  await rows("UPDATE quality_runs SET heartbeat_at = now() - interval '3 minutes' WHERE state = 'running'");
  await product.restart();
  owner = visitor(product.app.url);
  await owner.submit('/login', '/login', { login: 'owner', password: PASSWORD });
  await product.telegram.waitFor(
    async () => (await count("SELECT count(*)::int AS count FROM quality_runs WHERE state = 'done'")) === 1,
    'the end of the run',
    120_000,
  );

  const results = await rows<{ golden_id: string; created_at: Date }>('SELECT golden_id, created_at FROM quality_results');
  expect(results).toHaveLength(QUESTIONS);
  expect(results).toEqual(expect.arrayContaining(kept));
  // The one that was being asked at the kill is asked twice at most.
  expect(checksAsked().length).toBeLessThanOrEqual(QUESTIONS + 1);
});

let lastUser = 0;
/** Customers who ask one after the other; gives how long each waited. */
async function customersAsk(): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const userId = ++lastUser;
    const askedAt = performance.now();
    product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `Where is shop ${userId}?` });
    await product.telegram.waitFor(() => bot.sent.some(({ chatId }) => chatId === userId), 'an answer');
    times.push(performance.now() - askedAt);
  }
  return times.toSorted((a, b) => a - b);
}
const p95 = (sorted: number[]): number => sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;

test(`${DUE} bots with runs due: at most ${MOST_AT_ONCE} questions at once, and customers are answered meanwhile`, async () => {
  const quiet = p95(await customersAsk());
  await rows(
    `WITH made AS (
       INSERT INTO bots (id, tenant_id, name, system_prompt)
       SELECT gen_random_uuid(), tenant_id, 'Due ' || n, 'You help.' FROM (SELECT tenant_id FROM bots LIMIT 1) one, generate_series(1, $1::int) n
       RETURNING id, tenant_id
     ), asked AS (
       INSERT INTO golden_questions (id, tenant_id, bot_id, question)
       SELECT gen_random_uuid(), tenant_id, id, 'Check of many?' FROM made RETURNING bot_id
     )
     INSERT INTO quality_runs (id, tenant_id, bot_id, reason) SELECT gen_random_uuid(), tenant_id, id, 'nightly' FROM made`,
    [DUE],
  );
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, product.gemini.inFlight());
  }, 5);
  const [{ id } = { id: '' }] = await rows<{ id: string }>("SELECT id FROM bots WHERE name = 'Bot 0'");
  await owner.submit(`/bots/${id}/quality`, `/bots/${id}/quality/run`, {});
  await product.telegram.waitFor(() => checksAsked().includes('Check of many?'), 'the runs to begin');
  const beside = p95(await customersAsk());
  clearInterval(look);
  console.info(`customers' p95 ${Math.round(quiet)} ms alone, ${Math.round(beside)} ms beside the runs of ${DUE} bots`);

  expect(beside / quiet).toBeLessThanOrEqual(SLOWER);
  // One customer's question beside them.
  expect(most).toBeLessThanOrEqual(MOST_AT_ONCE + 1);
  const over = "SELECT count(*)::int AS count FROM quality_runs WHERE state IN ('waiting', 'running')";
  await product.telegram.waitFor(async () => (await count(over)) === 0, 'the end of all runs', 240_000);
  await untilSettled(product);
  await expectInvariants(product);
});
