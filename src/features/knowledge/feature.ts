import type { RequestParamHandler } from 'express';
import { createKnowledgeSearch } from '#answering/knowledge-search.ts';
import type { Foundation } from '../../foundation.ts';
import { createKnowledgeQueries } from './knowledge.queries.ts';
import { knowledgeRoutes } from './knowledge.routes.ts';
import { createKnowledgeService, MAX_TENANT_BYTES } from './knowledge.service.ts';

/** Knowledge: what bots know. Gives the search over it and the version that each change raises. */
export function knowledgeFeature({ database, audit }: Foundation) {
  const repo = createKnowledgeQueries({ database, maxTenantBytes: MAX_TENANT_BYTES });
  const search = createKnowledgeSearch({ loadEntries: repo.texts });
  const knowledge = createKnowledgeService({ knowledge: repo, search, audit });
  return {
    routes: (deps: { loadBot: RequestParamHandler }) => knowledgeRoutes({ ...deps, knowledge }),
    api: {
      search,
      versionOf: async (tenantId: string, botId: string) => (await repo.size(tenantId, botId)).version,
    },
  };
}

export type KnowledgeApi = ReturnType<typeof knowledgeFeature>['api'];
