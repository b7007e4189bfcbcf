import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { isConflict } from './failures.ts';

const MORE_TRIES = 3;
const LONGEST_PAUSE_MS = 50;

const onConflict = retry(handleWhen(isConflict), {
  maxAttempts: MORE_TRIES,
  backoff: new DelegateBackoff(({ attempt }) => Math.random() * LONGEST_PAUSE_MS * attempt),
});

/** R06 (deadlock, serialization failure): runs the work again, with jitter. */
export const retryOnConflict = <T>(work: () => Promise<T>): Promise<T> => onConflict.execute(work);
