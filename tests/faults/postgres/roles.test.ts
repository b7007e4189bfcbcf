import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const BOTS = 6;
const CHATS_PER_BOT = 10;
// R15: the lease and five seconds.
const TAKEOVER_MS = 20_000;

let product: Product;
/** Started before the other: it holds every bot. */
let first: AppProcess;
let second: AppProcess;
let bots: BotState[];

const worker = (): Promise<AppProcess> => startApp({ ...product.env, ROLE: 'worker', METRICS_TOKEN: 'metrics-token' });

beforeAll(async () => {
  product = await startProduct({ adapt: (env) => ({ ...env, ROLE: 'web' }) });
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  first = await worker();
  ({ bots } = await ownerWithBots(product, BOTS));
  second = await worker();
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

test('a worker killed amid the work: its bots and its jobs are taken over within 20 s, nothing lost, no two pollers', async () => {
  const before = sent().length;
  // Less than the AI may take: what the second worker has asked before the kill is answered by the AI too.
  product.gemini.controls.latencyMs = 6_000;
  const asked = product.gemini.requests.length;
  const expected = everybodyAsks(2_000);
  await product.telegram.waitFor(
    () => product.gemini.requests.length >= asked + expected.length / 2,
    'half of the work begun',
    30_000,
  );
  const inFlight = await countMessages("direction = 'out' AND status = 'sending'");
  await first.end('SIGKILL');
  product.gemini.controls.latencyMs = 0;

  const later = everybodyAsks(3_000);
  await product.telegram.waitFor(answered(later), 'the answers of bots that were polled by the killed worker', TAKEOVER_MS);
  // What the second worker had asked before still waits out its own AI call.
  await product.telegram.waitFor(answered(expected), 'every answer', 30_000);
  await product.telegram.waitFor(
    async () => (await countMessages("status IN ('received', 'pending', 'sending')")) === 0,
    'no rest',
  );

  expect(sent().length - before - expected.length - later.length).toBeLessThanOrEqual(inFlight);
  expect(await countMessages("direction = 'in'")).toBe(3 * BOTS * CHATS_PER_BOT);
  expect(await countMessages("direction = 'out'")).toBe(3 * BOTS * CHATS_PER_BOT);
  expect(product.telegram.overlappingPolls()).toBe(0);
  expect(await pollersOf(second)).toBe(BOTS);
});

test('a worker frozen longer than its lease has lost it: when it wakes it polls, writes and sends nothing', async () => {
  first = await worker();
  process.kill(second.pid, 'SIGSTOP');
  const before = sent().length;
  const expected = everybodyAsks(4_000);
  await product.telegram.waitFor(answered(expected), 'the other worker to take over', TAKEOVER_MS);
  process.kill(second.pid, 'SIGCONT');
  const more = everybodyAsks(5_000);
  await product.telegram.waitFor(answered(more), 'every answer', 30_000);

  expect(sent()).toHaveLength(before + expected.length + more.length);
  expect(product.telegram.overlappingPolls()).toBe(0);
  expect([await pollersOf(first), await pollersOf(second)]).toEqual([BOTS, 0]);
});
