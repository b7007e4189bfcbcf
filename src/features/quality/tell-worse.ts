import { unlinked } from '#core/unlinked.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Database } from '#platform/db/database.ts';
import type { ClaimedRun, EndedRun } from './runs.repo.ts';

const MOST_NAMED = 3;
const MAX_CHARS = 160;

/** Tells the owners which golden questions got worse in a run. */
export function createTellWorse({
  database: { prisma },
  notices,
  origin,
}: {
  database: Pick<Database, 'prisma'>;
  notices: Pick<Notices, 'tellOwners'>;
  origin: string;
}) {
  return async ({ id, tenantId, botId }: ClaimedRun, { worse }: EndedRun): Promise<void> => {
    const [bot, results] = await Promise.all([
      prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { name: true } }),
      prisma.qualityResult.findMany({
        where: { tenantId, runId: id, worse: true },
        select: { goldenId: true },
        orderBy: { createdAt: 'asc' },
        take: MOST_NAMED,
      }),
    ]);
    const ids = results.map(({ goldenId }) => goldenId);
    const asked = await prisma.goldenQuestion.findMany({ where: { tenantId, id: { in: ids } }, select: { question: true } });
    if (!bot) return;
    const list = asked.map(({ question }) => `– ${unlinked(question.replace(/\s+/g, ' ')).slice(0, MAX_CHARS)}`).join('\n');
    await notices.tellOwners(tenantId, (t, { username }) => {
      const params = { username, bot: unlinked(bot.name), count: worse, list, link: `${origin}/bots/${botId}/quality` };
      return { subject: t('quality.worse.subject', params), text: t('quality.worse.text', params) };
    });
  };
}
