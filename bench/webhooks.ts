// The webhook path: WhatsApp and Instagram customers write on schedule to a new process. Every delivery is timed until it is
// acknowledged, and every question must be answered once, in order.
import { startGeminiEmulator } from '../tests/support/gemini-emulator/gemini-emulator.ts';
import { questionOf } from '../tests/support/gemini-emulator/protocol.ts';
import { createBenchDatabase } from './database.ts';
import { byTheClock, createSender, type Delivered } from './deliveries.ts';
import { type MetaAccount, metaAccounts, seedOf, startGraph } from './graph.ts';
import { afterSend, messageOf } from './meta-words.ts';
import { cpuMsOf } from './process-usage.ts';
import { quantile } from './report.ts';
import type { Numbers } from './scenarios.ts';
import { databaseCpuMsOf, startProduct, type TargetName } from './target.ts';

export interface WebhookLoad {
  ms: number;
  /** Customers' messages, each a separate delivery. */
  perSecond: number;
  /** Half WhatsApp numbers, half Instagram accounts. */
  accounts: number;
  aiMs: number;
  /** Meta also sends receipts: three deliveries for each reply on WhatsApp, two on Instagram. */
  talkative: boolean;
}

const CHATS = 400;
const DRAIN_MS = 150_000;

/** Null for the script, which has no webhooks. */
export async function webhooks(target: TargetName, load: WebhookLoad): Promise<Numbers | null> {
  if (target === 'script') return null;
  const accounts = metaAccounts(load.accounts);
  const ledger = createLedger();
  const gemini = await startGeminiEmulator();
  gemini.controls.latencyMs = () => {
    gemini.requests.length = 0;
    return load.aiMs;
  };
  // The answer contains the numbers of the questions, so content and order can be checked.
  gemini.controls.answer = ({ body }) => `Answer to ${(questionOf(body).match(/#\d+/g) ?? []).join(' ')}`;
  const delivered: Delivered[] = [];
  const deliver = async (account: MetaAccount, payload: unknown, dueAtMs?: number): Promise<Delivered> => {
    const one = await sender.post(account, payload, dueAtMs);
    delivered.push(one);
    return one;
  };
  const graph = await startGraph(accounts, (sent) => {
    ledger.answered(keyOf(sent.account, sent.chatId), sent.text);
    if (load.talkative) afterSend(sent, deliver);
  });
  const database = await createBenchDatabase(target, accounts.map(seedOf));
  const env = { META_GRAPH_URL: graph.url, GEMINI_BASE_URL: gemini.url, GEMINI_API_KEY: gemini.apiKey };
  const product = await startProduct({ ...env, ...database.env });
  const sender = createSender(product.url);
  const usage = async () => ({ product: await cpuMsOf(product.pid), database: await databaseCpuMsOf(database) });

  try {
    const before = await usage();
    const asking: Promise<unknown>[] = [];
    await byTheClock(load.perSecond, load.ms, (index, dueAtMs) => {
      const account = accounts[index % accounts.length] as MetaAccount;
      const chatId = String(998_900_000_000 + (index % CHATS));
      asking.push(
        deliver(account, messageOf(account, chatId, index), dueAtMs).then(({ status }) => {
          if (status === 200) ledger.asked(keyOf(account, chatId), index);
        }),
      );
    });
    await Promise.all(asking);
    const after = await usage();
    const count = delivered.length;
    const drainSeconds = await ledger.drain(DRAIN_MS);
    return {
      deliveries: delivered.length,
      refused: delivered.filter(({ status }) => status !== 200).length,
      ...latencies(delivered),
      ...ledger.numbers(),
      drainSeconds,
      cpuMsPerDelivery: (after.product - before.product) / count,
      databaseCpuMsPerDelivery: (after.database - before.database) / count,
    };
  } finally {
    sender.close();
    await product.end();
    await Promise.all([database.remove(), graph.close(), gemini.close()]);
  }
}

const keyOf = ({ index }: MetaAccount, chatId: string): string => `${index}:${chatId}`;

function latencies(delivered: Delivered[]): Numbers {
  const [took, late] = [delivered.map(({ tookMs }) => tookMs), delivered.map(({ lateMs }) => lateMs)];
  return {
    acknowledgedP50Ms: quantile(took, 0.5),
    acknowledgedP95Ms: quantile(took, 0.95),
    acknowledgedP99Ms: quantile(took, 0.99),
    acknowledgedMaxMs: Math.max(...took),
    sentLateP95Ms: quantile(late, 0.95),
  };
}

/** What each chat asked and got acknowledged, and which questions the replies answered. */
function createLedger() {
  const chats = new Map<string, { asked: number[]; answered: number[] }>();
  const chatOf = (key: string) => {
    const chat = chats.get(key) ?? { asked: [], answered: [] };
    chats.set(key, chat);
    return chat;
  };
  const missing = (): number =>
    [...chats.values()].reduce((sum, { asked, answered }) => sum + asked.filter((one) => !answered.includes(one)).length, 0);

  return {
    asked: (key: string, number: number) => void chatOf(key).asked.push(number),
    answered: (key: string, reply: string) => void chatOf(key).answered.push(...(reply.match(/(?<=#)\d+/g) ?? []).map(Number)),

    /** Seconds until everything is answered, at most `limitMs`. The rest counts as unanswered. */
    async drain(limitMs: number): Promise<number> {
      const startedAt = performance.now();
      while (missing() > 0 && performance.now() - startedAt < limitMs) await new Promise((resolve) => setTimeout(resolve, 100));
      return (performance.now() - startedAt) / 1_000;
    },

    numbers(): Numbers {
      const all = [...chats.values()];
      const doubled = all.map(({ answered }) => answered.length - new Set(answered).size);
      const disordered = all.filter(({ answered }) => answered.some((one, i) => one < (answered[i - 1] ?? -1)));
      return {
        unanswered: missing(),
        answeredTwice: doubled.reduce((sum, one) => sum + one, 0),
        chatsOutOfOrder: disordered.length,
      };
    },
  };
}
