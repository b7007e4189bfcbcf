// R15, R16: workers that die, freeze, and disagree about the time: their clocks are ten minutes apart all along.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { pause } from '../../support/pause.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import { soak } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BOTS = 6;
const CHATS_PER_BOT = 10;
// R15: the lease and five seconds.
const TAKEOVER_MS = soak(40_000, 20_000);
// For the work itself, on whatever machine this is.
const WORK_MS = 90_000;
const FROZEN_MS = 60_000;
const SHIFT_CLOCK = new URL('../../support/shift-clock.ts', import.meta.url).href;

let product: Product;
/** Polls every bot. */
let holder: AppProcess;
let other: AppProcess;
let bots: BotState[];

/** A worker whose clock is fast, or slow, by so many minutes. */
const startWorker = (minutesFast: number): Promise<AppProcess> =>
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
  holder = await startWorker(5);
  ({ bots } = await ownerWithBots(product, BOTS));
  other = await startWorker(-5);
}, 120_000);
// Two run, awake and with nothing to do, whatever the test before, or the try before, did to one of them.
beforeEach(async () => {
  for (const app of [holder, other]) if (!app.ended()) process.kill(app.pid, 'SIGCONT');
  if (other.ended()) other = await startWorker(-5);
  if (holder.ended()) [holder, other] = [other, await startWorker(5)];
  await product.telegram.waitFor(async () => (await pollersOf(holder)) + (await pollersOf(other)) === BOTS, 'every bot polled');
  if ((await pollersOf(holder)) === 0) [holder, other] = [other, holder];
  await untilSettled(product);
}, 120_000);
afterAll(async () => {
  await Promise.all([holder.end('SIGKILL'), other.end('SIGKILL')]);
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

/** How long after `sinceMs`, by the emulator's clock, the last of the bots was polled again. */
function polledAgainMs(sinceMs: number): number {
  const first = (bot: BotState): number =>
    product.telegram.calls(bot, 'getUpdates').find(({ atMs }) => atMs > sinceMs)?.atMs ?? Number.POSITIVE_INFINITY;
  return Math.max(...bots.map(first)) - sinceMs;
}

/** The jobs of a worker whose last sign of life was before `since` (the database's time) are no longer its own. */
async function jobsTakenOver(since: string): Promise<void> {
  const theirs = `SELECT count(*)::int AS n FROM conversation_work WHERE state = 'claimed' AND heartbeat_at <= $1`;
  const none = async (): Promise<boolean> => (await product.installation.query<{ n: number }>(theirs, [since]))[0]?.n === 0;
  await product.telegram.waitFor(none, 'the jobs to be taken over', TAKEOVER_MS);
}
const databaseNow = async (): Promise<string> =>
  (await product.installation.query<{ now: string }>('SELECT now()::text AS now'))[0]?.now ?? '';

const answered = (expected: string[]) => (): boolean => {
  const texts = new Set(sent().map(({ text }) => text));
  return expected.every((text) => texts.has(text));
};

test('the web process serves pages and polls nothing; a worker polls, answers probes and serves no page', async () => {
  const status = async (url: string, path: string): Promise<number> => (await fetch(url + path, { redirect: 'manual' })).status;

  expect(await Promise.all(['/', '/healthz', '/readyz'].map((path) => status(product.app.url, path)))).toEqual([200, 200, 200]);
  expect(await Promise.all(['/healthz', '/readyz'].map((path) => status(other.url, path)))).toEqual([200, 200]);
  expect(await Promise.all(['/', '/login', '/dashboard'].map((path) => status(other.url, path)))).toEqual([404, 404, 404]);
  expect([await pollersOf(holder), await pollersOf(other)]).toEqual([BOTS, 0]);
});

test('each bot is polled by one worker, and each question answered once, whichever worker does it', async () => {
  const before = sent().length;
  const expected = everybodyAsks(1_000);
  await product.telegram.waitFor(answered(expected), 'every answer', 30_000);

  expect(sent().length - before).toBe(expected.length);
  expect(product.telegram.overlappingPolls()).toBe(0);
});

test('the workers have counted it: messages in and out, the time of the AI and our own', async () => {
  const total = async (name: string): Promise<number> =>
    (await Promise.all([holder, other].map((app) => metricOf(app, name)))).reduce((sum, value) => sum + Math.max(value, 0), 0);
  const asked = sent().length;

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
/** Stops the process where it is, and says how many of its sends were under way: none begins or ends after that. */
async function freeze({ pid }: AppProcess): Promise<number> {
  process.kill(pid, 'SIGSTOP');
  // A statement that had reached the database ends there without its process. One that waits for the frozen process' lock does not.
  const running = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock' AND pid <> pg_backend_pid()`;
  const settled = async (): Promise<boolean> => (await product.installation.query<{ n: number }>(running))[0]?.n === 0;
  await product.telegram.waitFor(settled, 'the last statements to end');
  return countMessages("direction = 'out' AND status = 'sending'");
}
/** Messages from customers, and replies. */
const stored = (): Promise<number[]> =>
  Promise.all(['in', 'out'].map((direction) => countMessages(`direction = '${direction}'`)));

test('a worker killed amid the work: its bots and its jobs are taken over within 20 s, nothing lost, no two pollers', async () => {
  const [sentBefore, storedBefore] = [sent().length, await stored()];
  const expected = await amidTheWork(2_000);
  const caught = await freeze(holder);
  doubled += caught;
  const killedAt = Date.now();
  await holder.end('SIGKILL');
  const diedAt = await databaseNow();

  expected.push(...everybodyAsks(3_000));
  await jobsTakenOver(diedAt);
  await product.telegram.waitFor(answered(expected), 'every answer', WORK_MS);
  await untilSettled(product);

  expect(polledAgainMs(killedAt)).toBeLessThan(TAKEOVER_MS);
  expect(sent().length - sentBefore - expected.length).toBeLessThanOrEqual(caught);
  expect(await stored()).toEqual(storedBefore.map((count) => count + expected.length));
  await expectInvariants(product, { doubled });
  expect(await pollersOf(other)).toBe(BOTS);
});

test('a worker frozen for a minute amid the work has lost it: when it wakes it polls, writes and sends nothing', async () => {
  const [sentBefore, storedBefore] = [sent().length, await stored()];
  const expected = await amidTheWork(4_000);
  const frozenAt = Date.now();
  const caught = await freeze(holder);
  doubled += caught;
  const frozeAt = await databaseNow();
  expected.push(...everybodyAsks(5_000));
  await jobsTakenOver(frozeAt);
  await product.telegram.waitFor(answered(expected), 'the other worker to do it all', WORK_MS);
  await untilSettled(product);
  expect(polledAgainMs(frozenAt)).toBeLessThan(TAKEOVER_MS);
  const whileFrozen = [sent().length, ...(await stored())];
  await pause(Math.max(0, FROZEN_MS - (Date.now() - frozenAt)));
  process.kill(holder.pid, 'SIGCONT');
  // Its own word that it runs again.
  await product.telegram.waitFor(async () => (await pollersOf(holder)) === 0, 'the woken worker to let go');
  expect([sent().length, ...(await stored())]).toEqual(whileFrozen);

  expected.push(...everybodyAsks(6_000));
  await product.telegram.waitFor(answered(expected), 'every answer', WORK_MS);
  await untilSettled(product);
  expect(sent().length - sentBefore - expected.length).toBeLessThanOrEqual(caught);
  expect(await stored()).toEqual(storedBefore.map((count) => count + expected.length));
  await expectInvariants(product, { doubled });
  expect([await pollersOf(holder), await pollersOf(other)]).toEqual([0, BOTS]);
});
