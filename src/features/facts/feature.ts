import { createFactsCache } from '#answering/facts-cache.ts';
import type { Foundation } from '../../foundation.ts';
import { createFactsQueries } from './facts.queries.ts';
import { factsRoutes } from './facts.routes.ts';
import { createFactsService } from './facts.service.ts';

export { factsForm } from './facts.schema.ts';

/** Business facts: hours, addresses, telephones, payment and delivery of a bot, on one form. */
export function factsFeature({ database, audit, saves }: Foundation) {
  const queries = createFactsQueries({ database });
  const facts = createFactsService({ facts: queries, audit, saved: saves.give });
  const load = async (tenantId: string, botId: string) => (await queries.find(tenantId, botId))?.facts ?? null;
  return {
    routes: (deps: Omit<Parameters<typeof factsRoutes>[0], 'facts'>) => factsRoutes({ ...deps, facts }),
    api: { facts: createFactsCache({ load }), restore: facts.restore, find: queries.find, save: facts.save },
  };
}

export type FactsApi = Pick<ReturnType<typeof factsFeature>['api'], 'find' | 'save'>;
