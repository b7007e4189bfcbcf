import type { AiSpent } from '#core/ai-spent.ts';
import type { Logger } from '#platform/logger.ts';
import type { Spend } from './suggest-for-entries.ts';

/** A question's vector must not cost its answer a round trip to the database. A killed process loses this much. */
const FLUSH_MS = 2_000;

/** Adds what calls took to the businesses' months, a few seconds later. */
export function createSpentTally({ spend, logger }: { spend: Spend; logger: Pick<Logger, 'warn'> }) {
  let tally = new Map<string, AiSpent>();

  function flush(): void {
    const taken = tally;
    tally = new Map();
    for (const [tenantId, spent] of taken) {
      spend(tenantId, spent).catch((err: Error) => logger.warn({ err, tenantId }, 'calls of the AI were not counted'));
    }
  }

  return (tenantId: string, spent: AiSpent): void => {
    if (tally.size === 0) setTimeout(flush, FLUSH_MS).unref();
    const known = tally.get(tenantId);
    tally.set(tenantId, {
      calls: spent.calls + (known?.calls ?? 0),
      promptTokens: spent.promptTokens + (known?.promptTokens ?? 0),
      answerTokens: spent.answerTokens + (known?.answerTokens ?? 0),
      costMicroUsd: spent.costMicroUsd + (known?.costMicroUsd ?? 0),
    });
  };
}
