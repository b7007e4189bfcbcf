import type { AuditLog } from '#core/audit-log.ts';
import { DAY_MS } from '#core/durations.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { receiptTypeOf } from '#core/file-kind.ts';
import { PLANS } from '#core/plans.ts';
import { addMonths } from '#core/time.ts';
import type { Notices } from '#features/notices/feature.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import type { Actor } from '#web/actor.ts';
import { pageOf } from '#web/paging.ts';
import type { Upload } from '#web/upload.ts';
import type { PlanChanges } from './plan-changes.ts';
import type { SubscriptionRepo } from './subscription.repo.ts';
import { PAGE_SIZE, type Upgrade, type UpgradeDecision, type UpgradesCursor, type UpgradesRepo } from './upgrades.repo.ts';
import type { UpgradeForm } from './upgrades.schema.ts';

/** Each has a receipt of up to 5 MB. */
const MAX_A_DAY = 5;
/** After the decision. Said on /privacy. */
const RECEIPTS_KEPT_MS = 180 * DAY_MS;

interface Deps {
  upgrades: UpgradesRepo;
  subscriptions: Pick<SubscriptionRepo, 'find'>;
  planChanges: Pick<PlanChanges, 'change'>;
  notices: Pick<Notices, 'tellOwners'>;
  audit: AuditLog;
  now: () => Promise<Date>;
  origin: string;
}

export type Decision = Pick<UpgradeDecision, 'state' | 'reason'>;

export function createUpgrades({ upgrades, subscriptions, planChanges, notices, audit, now, origin }: Deps) {
  const settle = async (upgrade: Upgrade, decision: UpgradeDecision, tx?: Transaction): Promise<void> => {
    if (!(await upgrades.decideAcrossTenants(upgrade.id, decision, tx))) throw new NotFoundError();
  };

  /** The months start now, or at the end of the same plan when it is still paid. Plan and decision commit together. */
  async function approve(upgrade: Upgrade, decision: UpgradeDecision): Promise<void> {
    const { tenantId, plan, months } = upgrade;
    const current = await subscriptions.find(tenantId);
    const paidUntil = current?.type === plan && current.endsAt && current.endsAt > decision.at ? current.endsAt : decision.at;
    const { maxBots, maxMessagesPerMonth } = PLANS[plan];
    const change = { type: plan, endsAt: addMonths(paidUntil, months), maxBots, maxMessagesPerMonth };
    await planChanges.change(tenantId, change, decision.at, (tx) => settle(upgrade, decision, tx));
  }

  return {
    latest: upgrades.latest,

    async page(cursor: UpgradesCursor) {
      const { shown, last } = pageOf(await upgrades.listAcrossTenants(cursor), PAGE_SIZE);
      return { upgrades: shown, last, isFirst: cursor.after === null };
    },

    /** @throws ValidationError for an invalid receipt, or while a request is open. */
    async ask(actor: Actor, form: UpgradeForm, upload: Upload | null): Promise<void> {
      if (!upload) throw new ValidationError({ receipt: 'subscription.upgrade.error.no_receipt' });
      if (upload.tooLarge) throw new ValidationError({ receipt: 'subscription.upgrade.error.too_large' });
      const receiptType = receiptTypeOf(upload.content);
      if (!receiptType) throw new ValidationError({ receipt: 'subscription.upgrade.error.type' });
      const aDayAgo = new Date(Date.now() - DAY_MS);
      if ((await upgrades.askedSince(actor.tenantId, aDayAgo)) >= MAX_A_DAY)
        throw new ValidationError({ form: 'subscription.upgrade.error.too_many' });
      const id = newId();
      const { plan, months, note } = form;
      const row = { id, askedBy: actor.actorId, plan, months, note, receipt: upload.content, receiptType };
      if (!(await upgrades.insert(actor.tenantId, row))) throw new ValidationError({ form: 'subscription.upgrade.error.open' });
      await audit.record({ ...actor, action: 'upgrade.asked', targetType: 'upgrade', targetId: id, details: { plan, months } });
    },

    eraseOldReceipts: (now: Date): Promise<void> =>
      upgrades.eraseReceiptsAcrossTenants({ decidedBefore: new Date(now.getTime() - RECEIPTS_KEPT_MS), at: now }),

    /** @throws NotFoundError, also when it is erased. */
    async receipt(id: unknown) {
      const found = isId(id) ? await upgrades.receiptAcrossTenants(id) : null;
      if (!found) throw new NotFoundError();
      return found;
    },

    /** The owner is told by mail and on the plan's page. @throws NotFoundError, also when already decided. */
    async decide(admin: { actorId: string; ip: string | undefined }, id: unknown, decision: Decision): Promise<void> {
      const upgrade = isId(id) ? await upgrades.openAcrossTenants(id) : null;
      if (!upgrade) throw new NotFoundError();
      const { tenantId, plan } = upgrade;
      await (decision.state === 'approved' ? approve : settle)(upgrade, {
        ...decision,
        decidedBy: admin.actorId,
        at: await now(),
      });
      const details = { plan, months: upgrade.months };
      await audit.record({
        tenantId,
        ...admin,
        actorKind: 'admin',
        action: `upgrade.${decision.state}`,
        targetType: 'upgrade',
        targetId: upgrade.id,
        details,
      });
      await notices.tellOwners(tenantId, (t, { username }) => {
        const params = { username, plan, reason: decision.reason, link: `${origin}/subscription` };
        const key = `subscription.mail.${decision.state}`;
        return { subject: t(`${key}.subject`, params), text: t(`${key}.text`, params).replace(/\n{3,}/g, '\n\n') };
      });
    },
  };
}

export type Upgrades = ReturnType<typeof createUpgrades>;
