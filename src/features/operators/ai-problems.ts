import type { Notices } from '#features/notices/feature.ts';
import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';

export interface OpenAiProblem {
  reason: string;
  /** '' where every model is concerned. */
  model: string;
  since: Date;
}

/** What Google refuses until an admin mends it: shown on their overview, and each told to them once. */
export function createAiProblemsWatch({
  database,
  notices,
  origin,
  logger,
}: {
  database: Database;
  notices: Pick<Notices, 'tellAdmins'>;
  origin: string;
  logger: Pick<Logger, 'warn'>;
}) {
  const { prisma } = database;

  async function tell({ reason, model }: OpenAiProblem): Promise<void> {
    const taken = await prisma.aiProblem.updateMany({
      where: { reason, model, noticedAt: null, solvedAt: null },
      data: { noticedAt: await database.now() },
    });
    if (taken.count === 0) return;
    try {
      await notices.tellAdmins((t, { username }) => {
        const params = { username, model, why: t(`reasons.ai.${reason}`), remedy: t(`reasons.ai.${reason}_remedy`) };
        const text = t(model === '' ? 'notices.ai_problem.text' : 'notices.ai_problem.text_model', {
          ...params,
          link: `${origin}/admin`,
        });
        return { subject: t('notices.ai_problem.subject', params), text };
      });
    } catch (err) {
      logger.warn({ err }, 'the admins were not told of a problem of the AI');
      await prisma.aiProblem.updateMany({ where: { reason, model }, data: { noticedAt: null } });
    }
  }

  const openAcrossTenants = (): Promise<OpenAiProblem[]> =>
    prisma.aiProblem.findMany({
      where: { solvedAt: null },
      orderBy: [{ since: 'asc' }, { reason: 'asc' }],
      select: { reason: true, model: true, since: true },
    });

  return {
    openAcrossTenants,

    /** Safe to repeat, and in several processes at once. */
    async tellAdmins(): Promise<void> {
      for (const problem of await openAcrossTenants()) await tell(problem);
    },
  };
}
