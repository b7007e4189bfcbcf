import type { RequestParamHandler } from 'express';
import type { Answering } from '#answering/answering.ts';
import { DAY_MS } from '#core/durations.ts';
import { changedDrafts } from '#core/importing/changed-drafts.ts';
import { PLANS } from '#core/plans.ts';
import type { BillingApi } from '#features/billing/feature.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createDraftsRepo } from './drafts.repo.ts';
import type { ClaimedSource, ReadResult } from './import.ts';
import { createImportsRepo } from './imports.repo.ts';
import { importsRoutes } from './imports.routes.ts';
import { createImportsService } from './imports.service.ts';
import { createImportStreams } from './progress.ts';
import { readInThread } from './reading/read-in-thread.ts';
import { createPictureReader } from './reading/read-picture.ts';
import { createReadSite } from './reading/read-site.ts';
import { createReadingRepo } from './reading.repo.ts';
import { createImportRunner } from './run-imports.ts';
import { createTellFinished } from './tell-finished.ts';

export { IMPORT_FILES } from './present.ts';

/** Drafts that nobody reviewed for so long are deleted. */
const KEPT_MS = 90 * DAY_MS;

interface Needs {
  billing: Pick<BillingApi, 'gate'>;
  knowledge: KnowledgeApi;
  notices: Notices;
  answering: Pick<Answering, 'readPicture' | 'aiConfigured'>;
  usage: Pick<UsageService, 'answerFor'>;
  loadBot: RequestParamHandler;
}

/** Import: texts and files become drafts, and drafts become entries after a review. */
export function importsFeature(foundation: Foundation, { billing, knowledge, notices, answering, usage, loadBot }: Needs) {
  const { database, notifications, audit, i18n, logger, limits } = foundation;
  const importsRepo = createImportsRepo({ database });
  const reading = createReadingRepo({ database });
  const drafts = createDraftsRepo({ database });
  const imports = createImportsService({
    imports: importsRepo,
    drafts,
    entries: knowledge.entries,
    pagesOf: async (tenantId) => PLANS[(await billing.gate.current(tenantId)).type].maxImportPages,
    notifications,
    audit,
  });
  const readPicture = createPictureReader({ ...answering, usage, now: database.now });
  const readSite = createReadSite({ fetchPublic: foundation.fetchPublic });
  const streams = createImportStreams({ imports: importsRepo, ...foundation.streams });

  async function read(source: ClaimedSource, signal: AbortSignal): Promise<ReadResult | null> {
    const known = await reading.knownTo(source);
    const fallback = i18n.t('imports.untitled', { lng: source.language });
    const inThread = (kind: string, name: string, content: Uint8Array) =>
      readInThread({ kind, name, content, fallback, known }, signal);
    if (source.kind === 'text' || source.kind === 'file') {
      const content = await reading.contentAcrossTenants(source);
      const result = await inThread(source.kind, source.name, content);
      if (result?.ok !== false || result.reason !== 'is_picture') return result;
      return readPicture(source, content, signal, (text) => inThread('text', source.name, Buffer.from(text)));
    }
    const result = await readSite(source, signal, (name, body, isPage) => inThread(isPage ? 'page' : 'file', name, body));
    return result?.ok ? { ...result, drafts: changedDrafts(result.drafts, await reading.ofPage(source)) } : result;
  }

  const finished = createTellFinished({ database, notices, origin: foundation.origin });
  return {
    routes: importsRoutes({ imports, streams, limits, loadBot }),
    streams,
    runner: createImportRunner({ reading, read, finished, notifications, logger, onlyProcess: database.kind === 'embedded' }),
    jobs: {
      async hourly(now: Date): Promise<void> {
        await imports.readWeeklyAcrossTenants(now);
        await importsRepo.removeOldAcrossTenants(new Date(now.getTime() - KEPT_MS));
      },
    },
  };
}
