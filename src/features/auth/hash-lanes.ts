import { AppError } from '#core/errors.ts';
import { createSemaphore } from '#platform/semaphore.ts';

/** Who makes the server hash: an address, or a person known by a session, a reset link or a browser. */
export interface Asker {
  known: boolean;
  key: string;
}

// S19 (hash flood): hashing is the most expensive work a stranger can cause. Both lanes together have the size of Node's thread
// pool. Each asker has one hash running, so one address never holds up the others (S74).
const MAX_RUNNING = 2;
const MAX_RUNNING_OF_ONE = 1;
const MAX_WAITING = 50;
const MAX_WAITING_OF_ONE = 25;

/** Known people wait apart from strangers. @throws AppError 503 when too many wait. */
export function createHashLanes() {
  const [known, strangers] = [createLane(), createLane()];
  return <T>(asker: Asker, work: () => Promise<T>): Promise<T> => (asker.known ? known : strangers)(asker.key, work);
}

function createLane() {
  const semaphore = createSemaphore(MAX_RUNNING, MAX_RUNNING_OF_ONE);

  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    if (semaphore.waiting() >= MAX_WAITING || semaphore.waiting(key) >= MAX_WAITING_OF_ONE)
      throw new AppError(503, 'errors.busy');
    const release = await semaphore.take(undefined, key);
    return work().finally(release ?? undefined);
  };
}
