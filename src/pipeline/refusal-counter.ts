import type { ChannelKind } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Logger } from '#platform/logger.ts';
import type { RefusalCount } from './refusals.repo.ts';

const WRITE_EVERY_MS = 2_000;
const RETRY_MS = 30_000;

/** What webhooks tell when they refuse something. */
export type Refused = (platform: ChannelKind, reason: WebhookRefusal) => void;

interface Deps {
  write: (counts: RefusalCount[]) => Promise<void>;
  /** For /metrics. */
  meter: Refused;
  logger: Pick<Logger, 'warn'>;
}

/**
 * Counts refused deliveries in memory, one number per platform and reason, and writes the sums every two seconds: whoever sends
 * a thousand a second costs the database no more than who sends one. What could not be written is kept and added to.
 */
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

  /** Writes what was counted until now. */
  function flush(): Promise<void> {
    writing = writing.then(writeAll);
    return writing;
  }

  // One at a time: the next is waited for once the last is through.
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
    /** Writes the rest. */
    stop(): Promise<void> {
      clearTimeout(timer);
      return flush();
    },
  };
}

export type RefusalCounter = ReturnType<typeof createRefusalCounter>;
