import type { AuditLog } from '#core/audit-log.ts';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import { DEFAULT_TIME_ZONE } from '#core/time.ts';
import type { Notices } from '#features/notices/feature.ts';
import { createFormats } from '#platform/formats.ts';
import type { Logger } from '#platform/logger.ts';
import type { PlanChanges } from './plan-changes.ts';
import type { EndingPlan, PlanWatchRepo, UsedMonth } from './plan-watch.repo.ts';

interface Deps {
  watch: PlanWatchRepo;
  planChanges: Pick<PlanChanges, 'apply' | 'applyAcrossTenants'>;
  notices: Pick<Notices, 'tellOwners' | 'quotaReached'>;
  audit: AuditLog;
  /** The base of links, without a final slash. */
  origin: string;
  logger: Logger;
}

/** `ends` runs every minute, `all` every hour: it also checks every connection and the month's use. Safe to repeat. */
export function createPlanWatch({ watch, planChanges, notices, audit, origin, logger }: Deps) {
  const link = `${origin}/subscription`;

  async function tellEnd({ tenantId, type, endsAt, days }: EndingPlan): Promise<void> {
    const key = days === 0 ? 'ended' : 'ending';
    await notices.tellOwners(tenantId, (t, { username, language }) => {
      const { formatDateTime } = createFormats(isLanguage(language) ? language : DEFAULT_LANGUAGE, DEFAULT_TIME_ZONE);
      const params = { username, plan: type, date: formatDateTime(endsAt), link };
      return { subject: t(`subscription.mail.${key}.subject`, params), text: t(`subscription.mail.${key}.text`, params) };
    });
  }

  async function tellUsed({ tenantId, percent, used, limit }: UsedMonth): Promise<void> {
    if (percent === 100) return notices.quotaReached({ tenantId });
    await notices.tellOwners(tenantId, (t, { username }) => {
      const params = { username, percent, used, limit, link };
      return { subject: t('subscription.mail.used.subject', params), text: t('subscription.mail.used.text', params) };
    });
  }

  /** A failed notice does not stop the others. The next run tries it again. */
  async function each<T extends { tenantId: string }>(due: T[], work: (one: T) => Promise<unknown>): Promise<void> {
    for (const one of due) {
      await work(one).catch((err: Error) => logger.warn({ err, tenant: one.tenantId }, 'plans: a tenant was not seen to'));
    }
  }

  async function ends(now: Date): Promise<void> {
    const plans = await watch.endingAcrossTenants(now);
    // Bots stop first, because mails may take a while.
    const ended = plans.filter(({ days }) => days === 0);
    await each(ended, ({ tenantId }) => planChanges.apply(tenantId, now));
    await each(plans, async (plan) => {
      await tellEnd(plan);
      const { tenantId, type, endsAt, days } = plan;
      if ((await watch.markEnding(plan)) && days === 0)
        await audit.record({ tenantId, actorKind: 'system', action: 'subscription.ended', details: { type, endsAt } });
    });
  }

  return {
    ends,

    async all(now: Date): Promise<void> {
      await planChanges.applyAcrossTenants(now);
      await ends(now);
      await each(await watch.usedAcrossTenants(now), async (month) => {
        await tellUsed(month);
        await watch.markUsed(month);
      });
    },
  };
}

export type PlanWatch = ReturnType<typeof createPlanWatch>;
