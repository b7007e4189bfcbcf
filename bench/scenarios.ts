// The measurements, one function per line of the table. Each number's name contains its unit.
import { nameOf } from './bot-name.ts';
import { inbox } from './inbox.ts';
import { createCustomers, startOpen } from './load.ts';
import { pages } from './pages.ts';
import { type PlatformBot, type Platforms, startPlatforms } from './platforms.ts';
import { quantile } from './report.ts';
import { type Running, startTarget, type TargetName } from './target.ts';
import { webhooks } from './webhooks.ts';

export type Numbers = Record<string, number>;

export interface Times {
  warmUpMs: number;
  measureMs: number;
  idleMs: number;
  settleMs: number;
  idleBots: number;
  startBots: number;
  webhookMs: number;
}

export const FULL: Times = {
  warmUpMs: 5_000,
  measureMs: 15_000,
  idleMs: 30_000,
  settleMs: 45_000,
  idleBots: 400,
  startBots: 1_000,
  webhookMs: 30_000,
};
export const QUICK: Times = {
  warmUpMs: 2_000,
  measureMs: 4_000,
  idleMs: 6_000,
  settleMs: 5_000,
  idleBots: 100,
  startBots: 100,
  webhookMs: 10_000,
};

const BOTS = 10;
const CHATS_PER_BOT = 20;
const AI_MS = 300;
const RATE = 50;
const FLOOD_RATE = 500;
const FLOOD_CHATS = 500;
const DRAIN_MS = 30_000;

interface World {
  running: Running;
  platforms: Platforms;
  customers: ReturnType<typeof createCustomers>;
}

/** Runs `work` with a target that polls `bots` bots, and stops everything afterwards. */
async function withTarget(target: TargetName, bots: number, work: (world: World) => Promise<Numbers>): Promise<Numbers> {
  const customers = createCustomers();
  const platforms = await startPlatforms(bots, (bot, chatId) => customers.onSent(bot, chatId, platforms));
  try {
    const running = await startTarget(target, platforms);
    return await work({ running, platforms, customers }).finally(() => running.stop());
  } finally {
    await platforms.close();
  }
}

const chatsOf = ({ platforms, customers }: World, bots = platforms.bots) =>
  Array.from({ length: CHATS_PER_BOT }, (_, i) => bots.map((bot) => customers.chat(bot, 1_000 + i))).flat();

/** Counts answers and their cost during the measurement. */
async function measured({ running, customers }: World, ms: number, watch?: (bot: PlatformBot) => boolean) {
  const [cpu, databaseCpu, own] = [await running.cpuMs(), await running.databaseCpuMs(), process.cpuUsage()];
  const startedAt = performance.now();
  const { answered, latenciesMs } = await customers.measure(ms, watch);
  const seconds = (performance.now() - startedAt) / 1_000;
  const used = process.cpuUsage(own);
  return {
    perSecond: answered / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p95Ms: quantile(latenciesMs, 0.95),
    cpuMsPerMessage: ((await running.cpuMs()) - cpu) / answered,
    databaseCpuMsPerMessage: ((await running.databaseCpuMs()) - databaseCpu) / answered,
    loadCpuMsPerMessage: (used.user + used.system) / 1_000 / answered,
  };
}

const closedLoop = (target: TargetName, times: Times, aiMs: number): Promise<Numbers> =>
  withTarget(target, BOTS, async (world) => {
    world.platforms.ai.latencyMs = aiMs;
    const load = world.customers.startClosed(chatsOf(world), world.platforms);
    await world.customers.measure(times.warmUpMs);
    const numbers = await measured(world, times.measureMs);
    load.end();
    return { ...numbers, unanswered: await world.customers.drain(DRAIN_MS) };
  });

function rate50(target: TargetName, times: Times): Promise<Numbers> {
  return withTarget(target, BOTS, async (world) => {
    world.platforms.ai.latencyMs = AI_MS;
    const load = startOpen(chatsOf(world), RATE, world.platforms);
    await world.customers.measure(times.warmUpMs);
    const numbers = await measured(world, times.measureMs);
    load.end();
    return { ...numbers, unanswered: await world.customers.drain(DRAIN_MS) };
  });
}

/** The first bot's AI hangs, or the bot is flooded; the other bots are measured. */
function neighbours(target: TargetName, times: Times, trouble: 'hang' | 'flood'): Promise<Numbers> {
  return withTarget(target, BOTS, async (world) => {
    const { platforms, customers } = world;
    const [first, ...others] = platforms.bots as [PlatformBot, ...PlatformBot[]];
    const isOther = (bot: PlatformBot): boolean => bot !== first;
    platforms.ai.latencyMs = AI_MS;
    const load = startOpen(chatsOf(world, others), RATE, platforms);
    await customers.measure(times.warmUpMs);
    const before = await measured(world, times.measureMs, isOther);
    if (trouble === 'hang') platforms.ai.hangsFor = nameOf(first.index);
    const crowd = Array.from({ length: FLOOD_CHATS }, (_, i) => customers.chat(first, 5_000 + i));
    const more = startOpen(crowd, trouble === 'hang' ? RATE : FLOOD_RATE, platforms);
    await customers.measure(times.warmUpMs);
    const during = await measured(world, times.measureMs, isOther);
    load.end();
    more.end();
    const unanswered = await customers.drain(DRAIN_MS, isOther);
    return { p95BeforeMs: before.p95Ms, p95DuringMs: during.p95Ms, p95Ratio: during.p95Ms / before.p95Ms, unanswered };
  });
}

/** The cost of a quiet bot, compared with the same process with one bot. */
async function idle(target: TargetName, times: Times): Promise<Numbers> {
  const usage = (bots: number) =>
    withTarget(target, bots, async ({ running }) => {
      await pause(times.settleMs);
      const cpu = await running.cpuMs();
      await pause(times.idleMs);
      return {
        cpuPercent: ((await running.cpuMs()) - cpu) / (times.idleMs / 100),
        megabytes: (await running.residentBytes()) / 2 ** 20,
      };
    });
  const [one, many] = [await usage(1), await usage(times.idleBots)];
  return {
    bots: times.idleBots,
    megabytesPerBot: ((many.megabytes ?? 0) - (one.megabytes ?? 0)) / (times.idleBots - 1),
    cpuPercent: many.cpuPercent ?? 0,
    megabytesWithOne: one.megabytes ?? 0,
  };
}

const start = (target: TargetName, times: Times): Promise<Numbers> =>
  withTarget(target, times.startBots, async ({ running }) => ({
    bots: times.startBots,
    pollingAfterSeconds: running.pollingAfterMs / 1_000,
    webReadyAfterSeconds: running.readyAfterMs / 1_000,
  }));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Null: the target does not support the scenario. */
type Scenario = (target: TargetName, times: Times) => Promise<Numbers | null>;

export const SCENARIOS: Record<string, Scenario> = {
  saturation: (target, times) => closedLoop(target, times, 0),
  ai300: (target, times) => closedLoop(target, times, AI_MS),
  rate50,
  hang: (target, times) => neighbours(target, times, 'hang'),
  flood: (target, times) => neighbours(target, times, 'flood'),
  idle,
  start,
  webhooks: (target, times) => webhooks(target, { ms: times.webhookMs, perSecond: 100, accounts: 10, aiMs: 0, talkative: false }),
  webhooksAi3s: (target, times) =>
    webhooks(target, { ms: times.webhookMs, perSecond: 100, accounts: 10, aiMs: 3_000, talkative: false }),
  webhooksTwoBots: (target, times) =>
    webhooks(target, { ms: times.webhookMs, perSecond: 100, accounts: 2, aiMs: 3_000, talkative: false }),
  webhooksReceipts: (target, times) =>
    webhooks(target, { ms: times.webhookMs, perSecond: 25, accounts: 10, aiMs: AI_MS, talkative: true }),
  pages: async (target, times) => (target === 'postgres' ? pages(times) : null),
  inbox: async (target, times) => (target === 'postgres' ? inbox(times) : null),
};
