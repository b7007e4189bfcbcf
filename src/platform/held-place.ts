import { AsyncLocalStorage } from 'node:async_hooks';

/** A place that a request holds among the few of its business. */
export interface HeldPlace {
  leave(): void;
  /** Resolves when it has the place again. */
  comeBack(): Promise<void>;
}

const held = new AsyncLocalStorage<HeldPlace>();

export const holding = <T>(place: HeldPlace, work: () => T): T => held.run(place, work);

/** Others of the business use the place while `work` waits for somebody else: the AI, a platform, another request. */
export async function awayFromPlace<T>(work: () => Promise<T>): Promise<T> {
  const place = held.getStore();
  if (!place) return work();
  place.leave();
  try {
    return await work();
  } finally {
    await place.comeBack();
  }
}
