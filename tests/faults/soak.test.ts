// R48: thousands of messages one after another: memory, handles and descriptors stay where they were. SOAK_MESSAGES=1000000 for a night.
import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COLLECTS_GARBAGE, collectGarbage } from '../support/garbage.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { METRICS_TOKEN, readMetrics } from '../support/read-metrics.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const MESSAGES = Number(process.env['SOAK_MESSAGES'] ?? soak(1_200, 18_000));
const ROUNDS = 6;
// Until caches and pools are as large as they get.
const WARM_UP_ROUNDS = 2;
const CHATS = MESSAGES / ROUNDS;
const MB = 1024 * 1024;
// Kept sockets come and go with how many answers are under way at once; a leak at every tenth message would be above this.
const LIMITS = { heapMb: 12, rssMb: 60, handles: 20, descriptors: 60 };

let product: Product;
let bots: BotState[];
beforeAll(async () => {
  product = await startProduct({
    adapt: (env) => ({
      ...env,
      METRICS_TOKEN,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning ${COLLECTS_GARBAGE}`,
    }),
  });
  ({ bots } = await ownerWithBots(product, 3));
});
afterAll(() => product.close());

/** Without the embedded database's files: it keeps each table's file open from its first use on, whenever that is. */
function openDescriptors(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => !target(`${folder}/${name}`).includes('/database/')).length;
}

/** Empty when the descriptor was closed since it was listed. */
function target(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return '';
  }
}

async function holds() {
  await collectGarbage(product.app);
  const metric = await readMetrics(product.app.url);
  return {
    heapMb: metric('nodejs_heap_size_used_bytes') / MB,
    rssMb: metric('process_resident_memory_bytes') / MB,
    handles: metric('nodejs_active_handles_total'),
    descriptors: openDescriptors(product.app.pid),
  };
}

test(`after ${MESSAGES} messages the process holds no more than after the first of them`, { timeout: 3_600_000 }, async () => {
  const held: Awaited<ReturnType<typeof holds>>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let chat = 0; chat < CHATS; chat += 1) {
      const bot = bots[chat % bots.length] as BotState;
      product.telegram.customerSends(bot, { userId: 1 + chat, languageCode: 'en', text: `What is ${round}.${chat}?` });
    }
    const sent = (): number => bots.reduce((sum, bot) => sum + product.telegram.sent(bot).length, 0);
    await product.telegram.waitFor(() => sent() >= (round + 1) * CHATS, 'every answer', 600_000);
    await untilSettled(product);
    held.push(await holds());
  }
  console.table(held);
  const [before, after] = [held[WARM_UP_ROUNDS - 1], held.at(-1)] as [(typeof held)[0], (typeof held)[0]];
  const grown = Object.fromEntries(
    Object.entries(LIMITS).map(([name]) => [name, after[name as 'rssMb'] - before[name as 'rssMb']]),
  );

  for (const [name, limit] of Object.entries(LIMITS))
    expect({ name, grown: grown[name] }).toSatisfy(() => (grown[name] ?? 0) < limit);
  await expectInvariants(product);
});
