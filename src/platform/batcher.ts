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
 * Hands what is added to `flush` as lists: one statement for many rows. What comes to a quiet batcher goes at once, with all
 * of the same moment; what comes within `spacingMs` of the last flush, or while it runs, gathers for the next one. So lists grow
 * longer the busier it is, and nobody waits where nothing is to be gained. Results belong to the items by position. A list that
 * fails is tried item by item, so that one bad row harms nobody else, unless it is the database that is away.
 */
export function createBatcher<Item, Result>({
  spacingMs,
  maxItems,
  flush,
}: {
  /** From the beginning of one flush to that of the next, at least. */
  spacingMs: number;
  maxItems: number;
  flush: (items: Item[]) => Promise<Result[]>;
}) {
  const waiting: Waiting<Item, Result>[] = [];
  let scheduled = false;
  let flushing = false;
  let startedMs = Number.NEGATIVE_INFINITY;

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

  async function flushNow(): Promise<void> {
    scheduled = false;
    flushing = true;
    startedMs = performance.now();
    await atMost(PATIENCE_MS, run(waiting.splice(0, maxItems)));
    flushing = false;
    schedule();
  }

  function schedule(): void {
    if (flushing || scheduled || waiting.length === 0) return;
    scheduled = true;
    const restMs = startedMs + spacingMs - performance.now();
    if (restMs > 0) setTimeout(() => void flushNow(), restMs);
    else setImmediate(() => void flushNow());
  }

  return {
    /** @throws what `flush` threw for this item alone. */
    add: (item: Item): Promise<Result> =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        schedule();
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
