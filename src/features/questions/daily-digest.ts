import { unlinked } from '#core/unlinked.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';

interface Deps {
  database: Database;
  notices: Pick<Notices, 'tellOwners' | 'hasDesk'>;
  origin: string;
  logger: Logger;
}

interface DayOfBusiness {
  tenantId: string;
  /** In the business' zone. */
  day: string;
  total: number;
  top: { id: string; botId: string; botName: string; words: string; count: number }[];
}

/** Of the business' day. */
const DIGEST_HOUR = 20;
const MAX_WORDS_CHARS = 160;

const questionsOfTheDay = report<{ now: Date; hour: number }, DayOfBusiness>(
  import.meta.url,
  './statements/questions-of-the-day.sql',
);

const claimDay = report<{ tenantId: string; day: string; claim: boolean }, { id: string }>(
  import.meta.url,
  './statements/claim-day.sql',
);

/** Mails the owners the open questions of the day, once a day over all processes. Businesses with a desk hear of them there. */
export function createDailyDigest({ database, notices, origin, logger }: Deps) {
  async function tell({ tenantId, total, top }: DayOfBusiness): Promise<void> {
    const list = top.map(({ id, botId, botName, words, count }) => {
      const said = unlinked(words.replace(/\s+/g, ' ')).slice(0, MAX_WORDS_CHARS);
      return `${count}× ${said} (${unlinked(botName)})\n${origin}/bots/${botId}/questions?question=${id}`;
    });
    await notices.tellOwners(tenantId, (t, { username }) => {
      const params = { username, count: total, list: list.join('\n\n') };
      return { subject: t('questions.digest.subject', params), text: t('questions.digest.text', params) };
    });
  }

  return async (now: Date): Promise<void> => {
    for (const business of await questionsOfTheDay(database.sql, { now, hour: DIGEST_HOUR })) {
      const { tenantId, day } = business;
      if (await notices.hasDesk(tenantId)) continue;
      if ((await claimDay(database.sql, { tenantId, day, claim: true })).length === 0) continue;
      await tell(business).catch(async (err: Error) => {
        logger.warn({ err, tenant: tenantId }, 'the questions of the day were not mailed, trying again');
        await claimDay(database.sql, { tenantId, day, claim: false });
      });
    }
  };
}
