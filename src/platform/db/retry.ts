import { DelegateBackoff, handleWhen, retry } from 'cockatiel';

// serialization_failure, deadlock_detected
const CONFLICTS = ['40001', '40P01'];
const MORE_TRIES = 3;
const LONGEST_PAUSE_MS = 50;

const onConflict = retry(
  handleWhen((error) => CONFLICTS.includes((error as { code?: string }).code ?? '')),
  {
    maxAttempts: MORE_TRIES,
    backoff: new DelegateBackoff(({ attempt }) => Math.random() * LONGEST_PAUSE_MS * attempt),
  },
);

/** Runs a statement, or a whole transaction, again when the database undid it for another's sake (R06): at most three more tries, jittered. */
export const retryOnConflict = <T>(work: () => Promise<T>): Promise<T> => onConflict.execute(work);
