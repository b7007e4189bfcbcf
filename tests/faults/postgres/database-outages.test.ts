// R04, R05: the database away, silent, slow, or resetting, while customers write and owners read.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FaultProxy, type LineFault, startFaultProxy, throughProxy } from '../../support/fault-proxy.ts';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../../support/invariants.ts';
import { pause } from '../../support/pause.ts';
import { ownerWithBots, type Product, startProduct } from '../../support/product.ts';
import type { Visitor } from '../../support/site-visitor.ts';
import { within } from '../../support/soak.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';

const CHATS = 30;
const FAULT_MS = 7_000;
const ANSWER_LIMIT_MS = within(5_000);
const RECOVERY_LIMIT_MS = within(5_000);
// A ping every 10 s, its time limit and the pause before connecting anew.
const LISTENS_AGAIN_MS = within(20_000);

let product: Product;
let proxy: FaultProxy;
let owner: Visitor;
let bot: BotState;

beforeAll(async () => {
  product = await startProduct({
    async adapt(env) {
      const { hostname: host, port } = new URL(env['DATABASE_URL'] as string);
      proxy = await startFaultProxy({ host, port: Number(port || 5432) });
      return { ...env, DATABASE_URL: throughProxy(env['DATABASE_URL'] as string, proxy) };
    },
  });
  const made = await ownerWithBots(product, 1);
  ({ owner } = made);
  [bot] = made.bots;
  product.gemini.controls.latencyMs = 100;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(async () => {
  await proxy.heal();
  await product.close();
  await proxy.close();
});

let round = 0;
beforeEach(() => {
  round += 1;
});

interface Probe {
  path: string;
  status: number;
  tookMs: number;
  atMs: number;
}

async function probe(path: string): Promise<Probe> {
  const atMs = performance.now();
  const status = path === '/dashboard' ? (await owner.get(path)).status : (await fetch(`${product.app.url}${path}`)).status;
  return { path, status, tookMs: performance.now() - atMs, atMs };
}

/** Asks for the pages again and again, several at once, until told to stop. */
function keepProbing() {
  const probes: Probe[] = [];
  let on = true;
  const one = async (path: string): Promise<void> => {
    while (on) {
      probes.push(await probe(path));
      await pause(100);
    }
  };
  const work = ['/healthz', '/readyz', '/dashboard', '/dashboard', '/login'].map(one);
  return {
    async stop(): Promise<Probe[]> {
      on = false;
      await Promise.all(work);
      return probes;
    },
  };
}

async function customersWrite(part: number): Promise<void> {
  for (let chat = 1; chat <= CHATS; chat += 1) {
    const userId = round * 10_000 + part * 1_000 + chat;
    product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
    await pause(20);
  }
}

async function readyAgain(): Promise<number> {
  const healedAt = performance.now();
  await product.telegram.waitFor(async () => (await probe('/readyz')).status === 200, 'readiness', 30_000);
  return performance.now() - healedAt;
}

/** The product's sessions that wait for notifications, as the server sees them. */
async function listeners(): Promise<number> {
  const text = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE application_name = 'botfactory-listen' AND datname = current_database()`;
  return (await product.installation.query<{ count: number }>(text))[0]?.count ?? -1;
}

const strike: Record<string, () => Promise<unknown>> = {
  async 'restart: every session ended, then nobody listening'() {
    await proxy.set({ kind: 'refuse' });
    await product.installation.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  },
  'black hole': () => proxy.set({ kind: 'black_hole' } satisfies LineFault),
  reset: () => proxy.set({ kind: 'reset' }),
};

test.each(Object.keys(strike))('%s: 503 within 5 s while it lasts, back within 5 s, nothing lost', async (kind) => {
  const { pid } = product.app;
  await customersWrite(1);
  const faultAt = performance.now();
  await strike[kind]?.();
  const probing = keepProbing();
  await customersWrite(2);
  await pause(FAULT_MS);
  const healAt = performance.now();
  await proxy.heal();
  const recoveredMs = await readyAgain();
  await customersWrite(3);
  const probes = await probing.stop();
  await untilSettled(product);

  const within = probes.filter(({ atMs, tookMs }) => atMs > faultAt && atMs + tookMs < healAt);
  const statuses = (path: string): number[] => [
    ...new Set(within.filter((one) => one.path === path).map(({ status }) => status)),
  ];
  expect(statuses('/healthz')).toEqual([200]);
  expect(statuses('/readyz')).toEqual([503]);
  expect(statuses('/dashboard')).toEqual([503]);
  expect(Math.max(...probes.map(({ tookMs }) => tookMs))).toBeLessThan(ANSWER_LIMIT_MS);
  expect(recoveredMs).toBeLessThan(RECOVERY_LIMIT_MS);
  expect(product.app.pid).toBe(pid);
  expect(product.telegram.sent(bot).filter(({ chatId }) => Math.floor(chatId / 10_000) === round)).toHaveLength(3 * CHATS);
  await expectInvariants(product);
  console.info(
    `${kind}: slowest answer ${Math.round(Math.max(...within.map(({ tookMs }) => tookMs)))} ms, ready again after ${Math.round(recoveredMs)} ms`,
  );
});

test('half a second for every packet: slow pages, no failure, every customer answered', async () => {
  await proxy.set({ kind: 'latency', ms: 250 });
  const probing = keepProbing();
  await customersWrite(1);
  await untilSettled(product);
  await proxy.heal();
  const probes = await probing.stop();

  expect(new Set(probes.map(({ status }) => status))).toEqual(new Set([200]));
  await expectInvariants(product);
});

test('half-open: sessions whose server is gone are found out, and new ones opened', async () => {
  await proxy.set({ kind: 'half_open' });
  const first = await probe('/readyz');
  const recoveredMs = await readyAgain();
  await customersWrite(1);
  await untilSettled(product);

  expect(first.tookMs).toBeLessThan(ANSWER_LIMIT_MS);
  expect(recoveredMs).toBeLessThan(RECOVERY_LIMIT_MS);
  await expectInvariants(product);
  await product.telegram.waitFor(async () => (await listeners()) === 1, 'notifications to be heard again', LISTENS_AGAIN_MS);
});
