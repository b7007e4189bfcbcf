// Composition: what is counted for /metrics, wrapped around the parts from outside so that they need not know.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ChannelAdapter, Channels, Sent } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import type { Sql } from '#platform/db/database.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { JobHandlers } from '#process/worker.ts';

/** What one reply waited for others. */
const turns = new AsyncLocalStorage<{ foreignMs: number }>();

async function foreign<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startedMs = performance.now();
  try {
    const result = await work();
    return { result, tookMs: performance.now() - startedMs };
  } finally {
    const turn = turns.getStore();
    if (turn) turn.foreignMs += performance.now() - startedMs;
  }
}

/** Counts what each channel took or refused. */
export function meterChannels(channels: Channels, metrics: Metrics): Channels {
  const counted =
    <In extends unknown[], Out extends Sent>(kind: ChannelKind, send: (...args: In) => Promise<Out>) =>
    async (...args: In): Promise<Out> => {
      const { result } = await foreign(() => send(...args));
      metrics.message(kind, result.ok ? 'sent' : result.reason);
      return result;
    };
  const metered = (adapter: ChannelAdapter | undefined): ChannelAdapter | undefined =>
    adapter && {
      ...adapter,
      sendText: counted(adapter.kind, adapter.sendText),
      ...(adapter.sendRich && { sendRich: counted(adapter.kind, adapter.sendRich) }),
      ...(adapter.sendTemplate && { sendTemplate: counted(adapter.kind, adapter.sendTemplate) }),
    };
  return Object.fromEntries(Object.entries(channels).map(([kind, adapter]) => [kind, metered(adapter)]));
}

type Answer = { ok: true } | { ok: false; reason: string };

/** Times the AI. */
export function meterAi<Question, Result extends Answer>(
  ai: { configured: boolean; answer(question: Question): Promise<Result> },
  metrics: Metrics,
) {
  return {
    configured: ai.configured,
    async answer(question: Question): Promise<Result> {
      const { result, tookMs } = await foreign(() => ai.answer(question));
      if (ai.configured) metrics.aiTime(tookMs, result.ok ? 'ok' : result.reason);
      return result;
    },
  };
}

interface Batch {
  messages: readonly unknown[];
}

/** Counts what a channel brought; redelivered messages count again. */
export function meterReceive<In extends Batch, Out extends { accepted: boolean }>(
  channel: ChannelKind,
  receive: (batch: In) => Promise<Out>,
  metrics: Metrics,
): (batch: In) => Promise<Out> {
  return async (batch) => {
    const result = await receive(batch);
    if (result.accepted) metrics.message(channel, 'received', batch.messages.length);
    return result;
  };
}

/** Times what a reply took of our own. */
export function meterReply(reply: JobHandlers['reply'], metrics: Metrics): JobHandlers['reply'] {
  return (job, attempt) => {
    const turn = { foreignMs: 0 };
    const startedMs = performance.now();
    return turns
      .run(turn, () => reply(job, attempt))
      .finally(() => metrics.ownTime(performance.now() - startedMs - turn.foreignMs));
  };
}

const QUEUE_DEPTH = `SELECT name, state::text, count(*)::int AS jobs FROM pgboss.job
  WHERE state IN ('created', 'retry', 'active') GROUP BY 1, 2`;

/** What is asked for when somebody reads. `freeBytes` is null on Postgres. */
export function addGauges(
  metrics: Metrics,
  { sql, pollers, freeBytes }: { sql: Sql; pollers: () => number; freeBytes: (() => Promise<number>) | null },
): void {
  metrics.gauges('queue_jobs', 'Jobs waiting (created, retry) and running (active)', ['queue', 'state'], async () => {
    const { rows } = await sql.query<{ name: string; state: string; jobs: number }>(QUEUE_DEPTH);
    return rows.map(({ name, state, jobs }) => ({ labels: { queue: name, state }, value: jobs }));
  });
  metrics.gauge('pollers', 'Telegram connections this process serves', pollers);
  if (freeBytes) metrics.gauge('embedded_free_bytes', 'Bytes free on the disk of the embedded database', freeBytes);
}
