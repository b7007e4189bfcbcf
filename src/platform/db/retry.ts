// serialization_failure, deadlock_detected
const CONFLICTS = ['40001', '40P01'];
const MAX_TRIES = 4;
const LONGEST_PAUSE_MS = 50;

/** Runs a statement, or a whole transaction, again when the database undid it for another's sake (R06): at most three more tries, jittered. */
export async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= MAX_TRIES || !CONFLICTS.includes((error as { code?: string }).code ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS * tries));
    }
  }
}
