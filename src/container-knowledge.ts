// Composition: what bots know, what they could not answer, and what owners are told.

import { createKnowledgeSearch } from '#answering/knowledge-search.ts';
import { createAnalyticsRead } from '#features/analytics/analytics.read.ts';
import { createAnalytics } from '#features/analytics/analytics.service.ts';
import { createKnowledgeRepo } from '#features/knowledge/knowledge.repo.ts';
import { createKnowledgeService, MAX_TENANT_BYTES } from '#features/knowledge/knowledge.service.ts';
import { createNoticesRepo } from '#features/notices/notices.repo.ts';
import { createNotices } from '#features/notices/notices.service.ts';
import type { Foundation } from './container.ts';

const HOUR_SECONDS = 3_600;

export function composeKnowledge({ env, database, waitingMails, i18n, audit, limits }: Foundation) {
  const repo = createKnowledgeRepo({ database, maxTenantBytes: MAX_TENANT_BYTES });
  const search = createKnowledgeSearch({ loadEntries: repo.texts });
  return {
    knowledge: createKnowledgeService({ knowledge: repo, search, audit }),
    search,
    analytics: createAnalytics({
      read: createAnalyticsRead({ database }),
      search,
      versionOf: async (tenantId, botId) => (await repo.size(tenantId, botId)).version,
      audit,
    }),
    notices: createNotices({
      notices: createNoticesRepo({ database }),
      i18n,
      sendMail: waitingMails.put,
      perSubject: limits.limiter('notice', { points: 1, durationSeconds: HOUR_SECONDS }),
      perTenant: limits.limiter('notices', { points: 30, durationSeconds: HOUR_SECONDS }),
      origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    }),
  };
}
