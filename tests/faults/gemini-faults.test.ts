// R21 to R25: what customers get and tenants are charged while Gemini misbehaves. Truth: the emulators' and SQL's counts.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../support/app-process.ts';
import { type GeminiFault, questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

// The circuit asks again after 15 s; then one call decides.
const HEALS_WITHIN_MS = 40_000;
const BUDGET_MS = 20_000;
const FIRST_MODEL = 'gemini-3.5-flash-lite';

let product: Product;
let owner: Visitor;
let bot: BotState;
let other: BotState;

beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 2);
  owner = made.owner;
  [bot, other] = made.bots as [BotState, BotState];
});
afterEach(async () => {
  product.gemini.reset();
  await aiAnswersAgain();
});
afterAll(() => product.close());

let lastUser = 0;
const nextUser = (): number => ++lastUser;
const repliesTo = (userId: number): string[] =>
  product.telegram
    .bots()
    .flatMap(({ sent }) => sent)
    .filter(({ chatId }) => chatId === userId)
    .map(({ text }) => text);

function ask(userId: number, from = bot): void {
  product.telegram.customerSends(from, { userId, languageCode: 'en', text: `What is ${userId}?` });
}

async function askMany(count: number): Promise<number[]> {
  const users = Array.from({ length: count }, nextUser);
  for (const userId of users) ask(userId);
  await product.telegram.waitFor(() => users.every((userId) => repliesTo(userId).length > 0), 'every reply', 90_000);
  await untilSettled(product);
  return users;
}

/** The circuit of the first model has closed: asked from time to time, as customers would. */
async function aiAnswersAgain(): Promise<void> {
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  const isAnswered = async (): Promise<boolean> => {
    const [userId = 0] = await askMany(1);
    const isFirstModel = product.gemini.requests.at(-1)?.model === FIRST_MODEL;
    return isFirstModel && repliesTo(userId)[0]?.startsWith('You asked:') === true;
  };
  await until(isAnswered, HEALS_WITHIN_MS, () => 'the AI is not asked again');
}

const charged = async (): Promise<number> =>
  (await product.installation.query<{ sum: number }>('SELECT coalesce(sum(ai_answers), 0)::int AS sum FROM usage_months'))[0]
    ?.sum ?? -1;

test('R21: a storm of 429: three tries each at most, then none at all; one fallback each, no charge', async () => {
  const chargedBefore = await charged();
  product.gemini.reset();
  product.gemini.controls.fault = { kind: 'per_minute', retryDelay: '1s' };
  const first = await askMany(5);
  const asked = product.gemini.requests.length;
  const later = await askMany(40);

  expect(asked).toBeLessThanOrEqual(3 * first.length);
  expect(product.gemini.requests.length - asked).toBeLessThanOrEqual(3);
  for (const userId of [...first, ...later]) expect(repliesTo(userId)).toHaveLength(1);
  expect(await charged()).toBe(chargedBefore);
  await expectInvariants(product);
});

test('R22: 503 at every other call: every customer gets the answer of the AI', async () => {
  product.gemini.reset();
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  const users: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    product.gemini.controls.nextFaults = ['overloaded', null];
    users.push(...(await askMany(1)));
  }

  expect(users.map((userId) => repliesTo(userId))).toEqual(users.map((userId) => [`You asked: What is ${userId}?`]));
  expect(product.gemini.requests).toHaveLength(2 * users.length);
  await expectInvariants(product);
});

test.each([
  'hang',
  'drip',
] as const)('R23: a call that only comes to "%s" is ended in time and the second model answers; other bots wait for nothing', async (fault) => {
  const chargedBefore = await charged();
  product.gemini.controls.nextFaults = [fault];
  const stuck = nextUser();
  ask(stuck);
  await product.telegram.waitFor(() => product.gemini.controls.nextFaults.length === 0, 'the call');
  const askedAt = performance.now();
  const neighbour = nextUser();
  ask(neighbour, other);
  await product.telegram.waitFor(() => repliesTo(neighbour).length === 1, "the neighbour's answer");
  const neighbourMs = performance.now() - askedAt;
  await product.telegram.waitFor(() => repliesTo(stuck).length === 1, 'the answer', BUDGET_MS + 60_000);
  const stuckMs = performance.now() - askedAt;
  await untilSettled(product);

  expect(neighbourMs).toBeLessThan(within(3_000));
  expect(stuckMs).toBeLessThan(BUDGET_MS + within(5_000));
  expect(product.gemini.inFlight()).toBe(0);
  expect(await charged()).toBe(chargedBefore + 2);
  await expectInvariants(product);
});

const USELESS: GeminiFault[] = [
  'no_candidates',
  'prompt_blocked',
  'safety',
  'max_tokens',
  'malformed_json',
  'wrong_shape',
  'huge',
  'html_error',
  'bad_request',
];

test.each(
  USELESS,
)('R24: %s instead of an answer: one fallback, charged only when the AI would not answer, the process lives', async (fault) => {
  const chargedBefore = await charged();
  const { pid } = product.app;
  product.gemini.controls.fault = fault;
  const [userId = 0] = await askMany(1);
  product.gemini.controls.fault = null;

  expect(repliesTo(userId)).toHaveLength(1);
  expect(repliesTo(userId)[0]).not.toMatch(/^You asked:|undefined|<html/);
  const refused = fault === 'safety' || fault === 'prompt_blocked';
  expect(await charged()).toBe(chargedBefore + (refused ? 1 : 0));
  expect(product.app.pid).toBe(pid);
  await expectInvariants(product);
});

test('R25: Google refuses the key: pages open, customers get fallbacks, nothing is charged', async () => {
  const chargedBefore = await charged();
  product.gemini.controls.fault = 'bad_key';
  const users = await askMany(8);

  for (const userId of users) expect(repliesTo(userId)).toHaveLength(1);
  expect((await owner.get('/dashboard')).status).toBe(200);
  expect(await charged()).toBe(chargedBefore);
  await expectInvariants(product);
  // Ten minutes later the key is tried once more.
  await product.installation.query("WITH over AS (DELETE FROM ai_problems) SELECT pg_notify('botfactory', 'ai:')");
});
