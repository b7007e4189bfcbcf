import type { RequestParamHandler } from 'express';
import { createKnowledgeSearch } from '#answering/knowledge-search.ts';
import type { SuggestQuestions } from '#answering/suggest-questions.ts';
import type { Foundation } from '../../foundation.ts';
import { createEnrichment } from './enrichment/enrichment.ts';
import type { Spend } from './enrichment/suggest-for-entries.ts';
import { createKnowledgeQueries, knowledgeSource } from './knowledge.queries.ts';
import { knowledgeRoutes } from './knowledge.routes.ts';
import { createKnowledgeService } from './knowledge.service.ts';
import { MAX_TENANT_BYTES } from './knowledge-room.ts';
import { createNotesAtSave, type SavedFacts } from './notes-at-save.ts';

export type { EntryOrigin } from './knowledge.read.ts';
export { entryForm, MAX_CONTENT_CHARS } from './knowledge.schema.ts';

interface RoutesNeed {
  loadBot: RequestParamHandler;
  factsOf: (tenantId: string, botId: string) => Promise<SavedFacts>;
}

/** Knowledge: the entries, their questions, the search, and the version that each change raises. */
export function knowledgeFeature(foundation: Foundation, { spend }: { spend: Spend }) {
  const { database, audit, saves, logger, metrics } = foundation;
  const enrichment = createEnrichment({ ...foundation, spend });
  const { questions, isOn } = enrichment;
  const repo = createKnowledgeQueries({
    database,
    maxTenantBytes: MAX_TENANT_BYTES,
    ...(isOn && { enrich: enrichment.want }),
  });
  const search = createKnowledgeSearch({
    source: knowledgeSource(database),
    ...(isOn && { similar: enrichment.similar }),
    onLost({ tenantId, botId }, err) {
      logger.error(
        { err, tenantId, botId },
        'the knowledge of a bot cannot be indexed: it answers from an older index or from titles',
      );
      metrics.lostIndex();
    },
  });
  const knowledge = createKnowledgeService({
    knowledge: repo,
    questions,
    search,
    audit,
    saved() {
      saves.give();
      if (isOn) enrichment.wake();
    },
  });
  const versionOf = async (tenantId: string, botId: string) => (await repo.size(tenantId, botId)).version;
  const notes = createNotesAtSave({ search, versionOf });
  return {
    routes: (deps: RoutesNeed) => knowledgeRoutes({ ...deps, knowledge, notes, isSuggesting: isOn }),
    enrichment: (deps: { suggest: SuggestQuestions }) => ({
      jobs: isOn ? enrichment.jobs(deps) : { run: async () => {}, hourly: async () => {} },
    }),
    api: {
      entries: knowledge,
      search,
      restorers: { entry: knowledge.put, removeEntry: knowledge.remove },
      versionOf,
      notesOfFacts: notes.ofFacts,
    },
  };
}

export type KnowledgeApi = ReturnType<typeof knowledgeFeature>['api'];
