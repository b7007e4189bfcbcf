import { MINUTE_MS } from '#core/durations.ts';
import { unlinked } from '#core/unlinked.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Database } from '#platform/db/database.ts';
import type { ClaimedSource } from './import.ts';

/** Whoever waits for a shorter one still has its page open. */
const WORTH_TELLING_MS = MINUTE_MS;

/** Tells the owners that a long import waits for its review. */
export function createTellFinished({
  database: { prisma },
  notices,
  origin,
}: {
  database: Pick<Database, 'prisma'>;
  notices: Pick<Notices, 'tellOwners'>;
  origin: string;
}) {
  return async ({ tenantId, botId, importId }: ClaimedSource, tookMs: number): Promise<void> => {
    if (tookMs < WORTH_TELLING_MS) return;
    const [bot, count] = await Promise.all([
      prisma.bot.findFirst({ where: { tenantId, id: botId }, select: { name: true } }),
      prisma.importDraft.count({ where: { tenantId, importId, state: 'open' } }),
    ]);
    if (!bot) return;
    await notices.tellOwners(tenantId, (t, { username }) => {
      const link = `${origin}/bots/${botId}/knowledge/import/${importId}`;
      const params = { username, bot: unlinked(bot.name), count, link };
      return { subject: t('imports.finished.subject', params), text: t('imports.finished.text', params) };
    });
  };
}
