import { isUnavailable } from './db/failures.ts';

// A flush that takes longer holds up the next one no more: what is stuck must not make others wait twice.
const PATIENCE_MS = 250;

/** What one call of `add` waits for. */
interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers what is added within `delayMs` (0: at the same moment) and hands it to `flush` as one list: one statement for many rows. Results belong to
 * the items by position. A list that fails is tried item by item, so that one bad row harms nobody else, unless it is the
 * database that is away. One flush at a time, while it is quick: meanwhile the next list grows, which makes lists longer the
 * busier the database is.
 */
export function createBatcher<Item, Result>({
  delayMs,
  maxItems,
  flush,
}: {
  delayMs: number;
  maxItems: number;
  flush: (items: Item[]) => Promise<Result[]>;
}) {
  const waiting: Waiting<Item, Result>[] = [];
  let scheduled = false;
  let flushing = false;

  async function run(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => {
        resolve(results[i] as Result);
      });
    } catch (error) {
      if (batch.length === 1 || isUnavailable(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await run([one]);
    }
  }

  async function drain(): Promise<void> {
    scheduled = false;
    if (flushing) return;
    flushing = true;
    while (waiting.length > 0) await atMost(PATIENCE_MS, run(waiting.splice(0, maxItems)));
    flushing = false;
  }

  return {
    /** @throws what `flush` threw for this item alone. */
    add: (item: Item): Promise<Result> =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (flushing || scheduled) return;
        scheduled = true;
        if (delayMs === 0) setImmediate(() => void drain());
        else setTimeout(() => void drain(), delayMs);
      }),
  };
}

/** Waits for the work, but not longer than this. */
async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
