import { createBatcher } from '#platform/batcher.ts';
import type { Logger } from '#platform/logger.ts';
import type { SendingRepo, Settlement } from './sending.repo.ts';

const BATCH = { spacingMs: 10, maxItems: 100 };
const TRIES = 20;
const RETRY_MS = 1_000;

/**
 * Writes down what became of recipients, many in one statement. We know it and the database must too: while it is away this
 * tries again, longer than an outage lasts that anybody would call short.
 */
export function createSettler({ sending, logger }: { sending: Pick<SendingRepo, 'settleAcrossTenants'>; logger: Logger }) {
  async function flush(settlements: Settlement[]): Promise<undefined[]> {
    for (let tries = 1; ; tries++) {
      try {
        await sending.settleAcrossTenants(settlements);
        return [];
      } catch (error) {
        if (tries >= TRIES) throw error;
        logger.warn(error as Error, 'broadcast: what was sent could not be noted, trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
  return createBatcher<Settlement, undefined>({ ...BATCH, flush }).add;
}
