import { atMost } from './at-most.ts';
import { isUnavailable } from './db/failures.ts';

// A flush that takes longer no longer delays the next one.
const PATIENCE_MS = 250;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Items gather while a flush runs. A failed list is retried item by item, unless the database is unavailable. */
export function createBatcher<Item, Result>({
  spacingMs,
  maxItems,
  flush,
}: {
  /** From the start of one flush to the start of the next, at least. */
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
