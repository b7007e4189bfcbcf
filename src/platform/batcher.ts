/** What one call of `add` waits for. */
interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers what is added within `delayMs` and hands it to `flush` as one list: one statement for many rows. Results belong to
 * the items by position. A list that fails is tried item by item, so that one bad row harms nobody else. One flush at a time:
 * while it runs the next list grows, which makes lists longer the busier the database is.
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
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await run([one]);
    }
  }

  async function drain(): Promise<void> {
    scheduled = false;
    if (flushing) return;
    flushing = true;
    while (waiting.length > 0) await run(waiting.splice(0, maxItems));
    flushing = false;
  }

  return {
    /** @throws what `flush` threw for this item alone. */
    add: (item: Item): Promise<Result> =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (flushing || scheduled) return;
        scheduled = true;
        setTimeout(() => void drain(), delayMs);
      }),
  };
}
