// I9, S69 to S71: a business in processes of its own uses every limit at once. Another business' pages and customers are served.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Orders } from '../support/hostile/attacks.ts';
import { pause } from '../support/pause.ts';
import { type Product, startProduct } from '../support/product.ts';
import { METRICS_TOKEN, readMetrics } from '../support/read-metrics.ts';
import { createTelegramBot, registerOwner, type Visitor, visitor } from '../support/site-visitor.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const ATTACK_SECONDS = Number(process.env['HOSTILE_SECONDS'] ?? soak(10, 300));
const QUIET_SECONDS = Math.min(soak(4, 60), ATTACK_SECONDS);
// The attacker takes cores from the product too: in the gate it sends a half of it.
const TIMES = soak(0.5, 1);
const HEAP_MB = 1_024;
const CUSTOMERS_PER_SECOND = 50;
const PATIENCE_MS = 120_000;
// The long form alone measures time, on a machine that does nothing else.
const PAGE_MS = soak(Number.POSITIVE_INFINITY, 300);
const SLOWER = soak(Number.POSITIVE_INFINITY, 1.3);
// What is beyond a share waits for longer than the short form lasts before it is refused.
const LEAST_REFUSED = soak(0, 100);
/** Of the whole process, at its highest: the heap, one thread that reads an import, and files and bodies that wait. */
const MOST_MB = soak(Number.POSITIVE_INFINITY, 1_200);

interface Business {
  owner: Visitor;
  bot: BotState;
  path: string;
}

let product: Product;
let other: Business;
let hostile: Business;
beforeAll(async () => {
  product = await startProduct({
    adapt: (env) => ({
      ...env,
      METRICS_TOKEN,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning --max-old-space-size=${HEAP_MB}`,
    }),
  });
  [other, hostile] = [await business('other', 700_000_001), await business('hostile', 700_000_002)];
});
const attackers: ChildProcess[] = [];
afterAll(() => {
  for (const attacker of attackers) attacker.kill('SIGKILL');
  return product.close();
});

async function business(name: string, botId: number): Promise<Business> {
  const owner = await registerOwner(product.app.url, name);
  await product.installation.query('UPDATE subscriptions SET max_messages_per_month = 100000');
  const bot = product.telegram.addBot({ token: `${botId}:${'A'.repeat(35)}` });
  const path = await createTelegramBot(owner, { name, systemPrompt: 'You help.', token: bot.token });
  await owner.submit(`${path}/knowledge`, `${path}/knowledge`, { title: 'Hours', content: 'Open from nine to five.' });
  return { owner, bot, path };
}

async function ordersOf({ owner, path }: Business): Promise<Orders> {
  const stranger = visitor(product.app.url);
  await stranger.get('/login');
  const { html } = await owner.get(`${path}/knowledge`);
  const entry = new RegExp(`${path}/knowledge/[0-9a-f-]{36}`).exec(html)?.[0] as string;
  return { url: product.app.url, ...owner.session(), bot: path, entry, visitor: stranger.session(), times: TIMES };
}

const p95 = (times: number[]): number => Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] as number);

let customers = 10_000;

/** Of the other business: twice a second a page, and a new customer. */
async function measured(seconds: number) {
  const [pages, answers, statuses]: [number[], number[], number[]] = [[], [], []];
  const waiting: Promise<unknown>[] = [];
  const endsAt = performance.now() + seconds * 1_000;
  while (performance.now() < endsAt) {
    const [userId, askedAt] = [customers++, performance.now()];
    product.telegram.customerSends(other.bot, { userId, languageCode: 'en', text: 'When are you open?' });
    const isAnswered = (): boolean => product.telegram.sent(other.bot).some(({ chatId }) => chatId === userId);
    const answered = product.telegram.waitFor(isAnswered, 'an answer', PATIENCE_MS);
    waiting.push(answered.then(() => answers.push(performance.now() - askedAt)));
    const page = other.owner.get('/dashboard').then(({ status }) => {
      statuses.push(status);
      pages.push(performance.now() - askedAt);
    });
    await Promise.all([page, pause(500)]);
  }
  await Promise.all(waiting);
  return { pageMs: p95(pages), answerMs: p95(answers), asked: answers.length, statuses: [...new Set(statuses)] };
}

// Each group has a process, so that large bodies do not hold the others up.
const GROUPS = [
  'searches,pages,lists,dashboards,visits,browsers,streams,connections',
  'edits,entries,playground,signIns,copies',
  'files,photos,forged',
];

/** In MB, as Linux has it. */
function highestMemory(): number | null {
  const status = `/proc/${product.app.pid}/status`;
  return existsSync(status) ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024 : null;
}

/** Attacks until `end`, which tells how it was answered: by attack and status. */
function attack(orders: Orders) {
  const script = join(import.meta.dirname, '../support/hostile/process.ts');
  const children = GROUPS.map((group) =>
    spawn(process.execPath, [script, JSON.stringify(orders), group], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  attackers.push(...children);
  const told = children.map(({ stdout }) => text(stdout));
  const flood = setInterval(() => {
    const userId = 500_000 + (customers++ % 2_000);
    product.telegram.customerSends(hostile.bot, { userId, languageCode: 'en', text: 'When are you open?' });
  }, 1_000 / CUSTOMERS_PER_SECOND);
  return {
    async end(): Promise<Record<string, Record<string, number>>> {
      clearInterval(flood);
      for (const child of children) child.kill('SIGTERM');
      return Object.assign({}, ...(await Promise.all(told)).map((json) => JSON.parse(json)));
    },
  };
}

test(`${ATTACK_SECONDS} s of attacks: the other business is served, and the process lives with ${HEAP_MB} MB`, async () => {
  const orders = await ordersOf(hostile);
  const quiet = await measured(QUIET_SECONDS);
  const attacking = attack(orders);
  const attacked = await measured(ATTACK_SECONDS);
  const answered = await attacking.end();
  const after = await measured(QUIET_SECONDS);
  const metric = await readMetrics(product.app.url);
  console.table({ quiet, attacked, after });
  console.table(answered);
  const highestMb = highestMemory() ?? metric('process_resident_memory_bytes') / 1024 / 1024;
  console.info(
    `resident memory: ${Math.round(highestMb)} MB at its highest; load average ${loadavg().map((load) => load.toFixed(1))}`,
  );

  expect([attacked.statuses, after.statuses, product.app.ended()]).toEqual([[200], [200], false]);
  expect(highestMb).toBeLessThanOrEqual(MOST_MB);
  expect(attacked.pageMs).toBeLessThanOrEqual(PAGE_MS);
  expect(attacked.answerMs / quiet.answerMs).toBeLessThanOrEqual(SLOWER);
  const count = (status: string): number => Object.values(answered).reduce((sum, counts) => sum + (counts[status] ?? 0), 0);
  expect(count('500')).toBe(0);
  expect(count('429')).toBeGreaterThanOrEqual(LEAST_REFUSED);
});
