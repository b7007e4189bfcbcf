// R15, R16: workers that die, freeze, and disagree about the time: their clocks are ten minutes apart all along.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BOTS = 6;
const CHATS_PER_BOT = 10;
// R15: the lease and five seconds.
const TAKEOVER_MS = 20_000;
const FROZEN_MS = 60_000;
const SHIFT_CLOCK = new URL('../../support/shift-clock.ts', import.meta.url).href;

let product: Product;
/** Started before the other: it holds every bot. */
let first: AppProcess;
let second: AppProcess;
let bots: BotState[];

/** A worker whose clock is fast, or slow, by so many minutes. */
const worker = (minutesFast: number): Promise<AppProcess> =>
  startApp({
    ...product.env,
    ROLE: 'worker',
    METRICS_TOKEN: 'metrics-token',
    NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${SHIFT_CLOCK}`,
    CLOCK_SHIFT_MS: String(minutesFast * 60_000),
  });

beforeAll(async () => {
  product = await startProduct({ adapt: (env) => ({ ...env, ROLE: 'web' }) });
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  first = await worker(5);
  ({ bots } = await ownerWithBots(product, BOTS));
  second = await worker(-5);
}, 120_000);
afterAll(async () => {
  await Promise.all([first.end('SIGKILL'), second.end('SIGTERM')]);
  await product.close();
});

const sent = (): { chatId: number; text: string }[] => bots.flatMap((bot) => product.telegram.sent(bot));
/** A number out of /metrics; -1 when it is not there. */
async function metricOf({ url }: AppProcess, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer metrics-token' } })).text();
  const line = text.split('\n').find((each) => each.startsWith(`botfactory_${name} `));
  return line === undefined ? -1 : Number(line.split(' ').at(-1));
}
const pollersOf = (app: AppProcess): Promise<number> => metricOf(app, 'pollers');
const countMessages = async (where: string): Promise<number> =>
  (await product.installation.query<{ n: number }>(`SELECT count(*)::int AS n FROM messages WHERE ${where}`))[0]?.n ?? -1;

/** Every bot's customers `from`, `from`+1, … ask; says which answers that must bring. */
function everybodyAsks(from: number): string[] {
  const questions: string[] = [];
  for (const bot of bots) {
    for (let chat = from; chat < from + CHATS_PER_BOT; chat += 1) {
      const text = `What costs number ${bot.id}-${chat}?`;
      product.telegram.customerSends(bot, { userId: chat, languageCode: 'en', text });
      questions.push(`You asked: ${text}`);
    }
  }
  return questions;
}

const answered = (expected: string[]) => (): boolean => {
  const texts = new Set(sent().map(({ text }) => text));
  return expected.every((text) => texts.has(text));
};

test('the web process serves pages and polls nothing; a worker polls, answers probes and serves no page', async () => {
  const status = async (url: string, path: string): Promise<number> => (await fetch(url + path, { redirect: 'manual' })).status;

  expect(await Promise.all(['/', '/healthz', '/readyz'].map((path) => status(product.app.url, path)))).toEqual([200, 200, 200]);
  expect(await Promise.all(['/healthz', '/readyz'].map((path) => status(second.url, path)))).toEqual([200, 200]);
  expect(await Promise.all(['/', '/login', '/dashboard'].map((path) => status(second.url, path)))).toEqual([404, 404, 404]);
  expect([await pollersOf(first), await pollersOf(second)]).toEqual([BOTS, 0]);
});

test('each bot is polled by one worker, and each question answered once, whichever worker does it', async () => {
  const expected = everybodyAsks(1_000);
  await product.telegram.waitFor(answered(expected), 'every answer', 30_000);

  expect(sent()).toHaveLength(expected.length);
  expect(product.telegram.overlappingPolls()).toBe(0);
});

test('the workers have counted it: messages in and out, the time of the AI and our own', async () => {
  const total = async (name: string): Promise<number> =>
    (await Promise.all([first, second].map((app) => metricOf(app, name)))).reduce((sum, value) => sum + Math.max(value, 0), 0);
  const asked = BOTS * CHATS_PER_BOT;

  expect(await total('messages_total{channel="telegram",outcome="received"}')).toBe(asked);
  expect(await total('messages_total{channel="telegram",outcome="sent"}')).toBe(asked);
  expect(await total('ai_seconds_count{outcome="ok"}')).toBe(asked);
  expect(await total('reply_own_seconds_count')).toBeGreaterThanOrEqual(asked);
});

let doubled = 0;

/** Customers `from`, `from`+1, … ask, and half of them wait for the AI. */
async function amidTheWork(from: number): Promise<string[]> {
  // Less than the AI may take: what the other worker has asked before is answered by the AI too.
  product.gemini.controls.latencyMs = 6_000;
  const asked = product.gemini.requests.length;
  const expected = everybodyAsks(from);
  const halfAsked = (): boolean => product.gemini.requests.length >= asked + expected.length / 2;
  await product.telegram.waitFor(halfAsked, 'half of the work begun', 30_000);
  product.gemini.controls.latencyMs = 0;
  return expected;
}
const inFlight = (): Promise<number> => countMessages("direction = 'out' AND status = 'sending'");

test('a worker killed amid the work: its bots and its jobs are taken over within 20 s, nothing lost, no two pollers', async () => {
  const before = sent().length;
  const expected = await amidTheWork(2_000);
  doubled += await inFlight();
  await first.end('SIGKILL');

  const later = everybodyAsks(3_000);
  await product.telegram.waitFor(answered(later), 'the answers of bots that were polled by the killed worker', TAKEOVER_MS);
  // What the second worker had asked before still waits out its own AI call.
  await product.telegram.waitFor(answered(expected), 'every answer', 30_000);
  await untilSettled(product);

  expect(sent().length - before - expected.length - later.length).toBeLessThanOrEqual(doubled);
  expect(await countMessages("direction = 'in'")).toBe(3 * BOTS * CHATS_PER_BOT);
  expect(await countMessages("direction = 'out'")).toBe(3 * BOTS * CHATS_PER_BOT);
  await expectInvariants(product, { doubled });
  expect(await pollersOf(second)).toBe(BOTS);
});

test('a worker frozen for a minute amid the work has lost it: when it wakes it polls, writes and sends nothing', async () => {
  first = await worker(5);
  const before = sent().length;
  const underWay = await amidTheWork(4_000);
  process.kill(second.pid, 'SIGSTOP');
  const frozenAt = performance.now();
  const caught = await inFlight();
  const whileFrozen = everybodyAsks(5_000);
  await product.telegram.waitFor(answered(whileFrozen), 'the other worker to take over', TAKEOVER_MS);
  await product.telegram.waitFor(answered(underWay), 'the answers the frozen worker owed', TAKEOVER_MS);
  await untilSettled(product);
  const [sentWhileFrozen, storedWhileFrozen] = [sent().length, await countMessages('true')];
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, FROZEN_MS - (performance.now() - frozenAt))));
  process.kill(second.pid, 'SIGCONT');
  // Its own word that it runs again.
  await product.telegram.waitFor(async () => (await pollersOf(second)) === 0, 'the woken worker to let go');
  expect([sent().length, await countMessages('true')]).toEqual([sentWhileFrozen, storedWhileFrozen]);

  const afterwards = everybodyAsks(6_000);
  await product.telegram.waitFor(answered(afterwards), 'every answer', 30_000);
  await untilSettled(product);
  doubled += caught;
  const asked = underWay.length + whileFrozen.length + afterwards.length;
  expect(sent().length - before - asked).toBeLessThanOrEqual(caught);
  expect(await countMessages("direction = 'out'")).toBe(6 * BOTS * CHATS_PER_BOT);
  await expectInvariants(product, { doubled });
  expect([await pollersOf(first), await pollersOf(second)]).toEqual([BOTS, 0]);
});
