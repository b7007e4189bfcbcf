import type { AuditLog } from '#core/audit-log.ts';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import { DEFAULT_TIME_ZONE } from '#core/time.ts';
import type { Notices } from '#features/notices/feature.ts';
import { createFormats } from '#platform/formats.ts';
import type { Logger } from '#platform/logger.ts';
import type { Actor } from '#web/actor.ts';
import type { CostCeilingRepo, CostlyMonth } from './cost-ceiling.repo.ts';

interface Deps {
  repo: CostCeilingRepo;
  notices: Pick<Notices, 'tellOwners'>;
  audit: AuditLog;
  now: () => Promise<Date>;
  /** The base of links, without a final slash. */
  origin: string;
  logger: Logger;
}

/** The owner's ceiling of the AI's cost a month, and the notices before it. */
export function createCostCeiling({ repo, notices, audit, now, origin, logger }: Deps) {
  async function tell({ tenantId, percent, costUzs, ceilingUzs }: CostlyMonth): Promise<void> {
    const key = `subscription.cost.mail.${percent === 100 ? 'reached' : 'near'}`;
    await notices.tellOwners(tenantId, (t, { username, language }) => {
      const { formatMoney } = createFormats(isLanguage(language) ? language : DEFAULT_LANGUAGE, DEFAULT_TIME_ZONE);
      const sums = { cost: formatMoney(costUzs), ceiling: formatMoney(ceilingUzs) };
      const params = { username, ...sums, link: `${origin}/subscription#cost` };
      return { subject: t(`${key}.subject`, params), text: t(`${key}.text`, params) };
    });
  }

  return {
    find: repo.find,

    async set(actor: Actor, ceilingUzs: number | null): Promise<void> {
      await repo.set(actor.tenantId, ceilingUzs, await now());
      await audit.record({ ...actor, action: 'cost_ceiling.changed', details: { ceilingUzs } });
    },

    /** Every minute. Each notice goes out once; a failed one is tried again by the next run. */
    async watchAcrossTenants(at: Date): Promise<void> {
      for (const month of await repo.costlyAcrossTenants(at)) {
        if (!(await repo.takeNotice(month))) continue;
        await tell(month).catch(async (err: Error) => {
          logger.warn({ err, tenant: month.tenantId }, 'cost ceiling: an owner was not told');
          await repo.returnNotice(month);
        });
      }
    },
  };
}

export type CostCeiling = ReturnType<typeof createCostCeiling>;
