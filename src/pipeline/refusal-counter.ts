import { DAY_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';

export interface RefusalCount {
  platform: ChannelKind;
  reason: WebhookRefusal;
  count: number;
}

const addRefusals = report<{ platforms: string[]; reasons: string[]; counts: number[] }>(
  import.meta.url,
  './statements/add-webhook-refusals.sql',
);

const KEPT_MS = 2 * DAY_MS;
const WRITE_EVERY_MS = 2_000;
const RETRY_MS = 30_000;

export type Refused = (platform: ChannelKind, reason: WebhookRefusal) => void;

interface Deps {
  write: (counts: RefusalCount[]) => Promise<void>;
  /** For /metrics. */
  meter: Refused;
  logger: Pick<Logger, 'warn'>;
}

/** Counts of the whole installation, because a refused delivery belongs to no tenant. */
export const storeRefusalsAcrossTenants =
  (sql: Sql) =>
  async (counts: RefusalCount[]): Promise<void> => {
    await addRefusals(sql, {
      platforms: counts.map(({ platform }) => platform),
      reasons: counts.map(({ reason }) => reason),
      counts: counts.map(({ count }) => count),
    });
  };

export async function removeOldRefusalsAcrossTenants({ prisma }: Pick<Database, 'prisma'>, now: Date): Promise<void> {
  await prisma.webhookRefusal.deleteMany({ where: { slot: { lt: new Date(now.getTime() - KEPT_MS) } } });
}

/** Counts in memory and writes sums every two seconds, so a flood of refusals costs no more than one. */
export function createRefusalCounter({ write, meter, logger }: Deps) {
  const counts = new Map<string, RefusalCount>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function add({ platform, reason, count }: RefusalCount): void {
    const key = `${platform} ${reason}`;
    counts.set(key, { platform, reason, count: count + (counts.get(key)?.count ?? 0) });
  }

  async function writeAll(): Promise<void> {
    const batch = [...counts.values()];
    counts.clear();
    if (batch.length === 0) return;
    await write(batch).catch((err: unknown) => {
      for (const one of batch) add(one);
      logger.warn({ err }, 'webhook: refusals could not be counted, tried again later');
    });
  }

  function flush(): Promise<void> {
    writing = writing.then(writeAll);
    return writing;
  }

  // One write at a time.
  function schedule(afterMs: number): void {
    timer ??= setTimeout(async () => {
      await flush();
      timer = undefined;
      if (counts.size > 0) schedule(RETRY_MS);
    }, afterMs).unref();
  }

  const refused: Refused = (platform, reason) => {
    meter(platform, reason);
    add({ platform, reason, count: 1 });
    schedule(WRITE_EVERY_MS);
  };

  return {
    refused,
    flush,
    stop(): Promise<void> {
      clearTimeout(timer);
      return flush();
    },
  };
}

export type RefusalCounter = ReturnType<typeof createRefusalCounter>;
