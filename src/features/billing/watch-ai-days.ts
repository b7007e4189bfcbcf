import { partOf, shareOf } from '#core/ai-days.ts';
import { DAY_MS } from '#core/durations.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Database } from '#platform/db/database.ts';
import type { Logger } from '#platform/logger.ts';

const KEPT_MS = 40 * DAY_MS;

/** Tells the admins once a day when the calls of AI_DAILY_LIMIT are used up: everybody's, or those of businesses without a plan. */
export function createAiDaysWatch({
  database: { prisma },
  notices,
  limit,
  logger,
}: {
  database: Database;
  notices: Pick<Notices, 'tellAdmins'>;
  limit: number | undefined;
  logger: Logger;
}) {
  async function tell(day: Date, scope: 'all' | 'free', most: number, now: Date): Promise<void> {
    const where = { day, scope, noticedAt: null, calls: { gt: most - partOf(most) } };
    const taken = await prisma.aiDay.updateMany({ where, data: { noticedAt: now } });
    if (taken.count === 0) return;
    try {
      await notices.tellAdmins((t, { username }) => ({
        subject: t(`notices.ai_day_${scope}.subject`),
        text: t(`notices.ai_day_${scope}.text`, { username, calls: most }),
      }));
    } catch (err) {
      logger.warn({ err }, 'the admins were not told that the day’s calls of the AI are used up');
      await prisma.aiDay.updateMany({ where: { day, scope }, data: { noticedAt: null } });
    }
  }

  return async (now: Date): Promise<void> => {
    if (limit === undefined) return;
    const day = new Date(now.toISOString().slice(0, 10));
    for (const scope of ['free', 'all'] as const) await tell(day, scope, shareOf(limit, scope), now);
    await prisma.aiDay.deleteMany({ where: { day: { lt: new Date(day.getTime() - KEPT_MS) } } });
  };
}
