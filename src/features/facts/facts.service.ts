import type { AuditLog } from '#core/audit-log.ts';
import { type BusinessFacts, NO_FACTS } from '#core/business-facts.ts';
import { NotFoundError } from '#core/errors.ts';
import { addDays, dayIn } from '#core/time.ts';
import type { Actor } from '#web/actor.ts';
import type { FactsQueries, FactsToSave } from './facts.queries.ts';
import type { FactsForm } from './facts.schema.ts';
import { factsOf } from './facts-form.ts';
import { readStoredFacts } from './stored-facts.ts';

interface Deps {
  facts: FactsQueries;
  audit: AuditLog;
  saved: () => void;
}

/** Exceptions older than this are forgotten at the next save. */
const KEPT_DAYS = 7;

export function createFactsService({ facts: queries, audit, saved }: Deps) {
  async function save(actor: Actor, botId: string, state: FactsToSave): Promise<void> {
    if (!(await queries.save({ tenantId: actor.tenantId, botId }, state, actor.actorId))) throw new NotFoundError();
    saved();
    await audit.record({ ...actor, action: 'facts.changed', targetType: 'bot', targetId: botId });
  }

  return {
    async read(tenant: { id: string; timeZone: string }, botId: string): Promise<{ facts: BusinessFacts; timeZone: string }> {
      const stored = await queries.find(tenant.id, botId);
      return { facts: stored?.facts ?? NO_FACTS, timeZone: stored?.timeZone ?? tenant.timeZone };
    },

    async save(actor: Actor, botId: string, form: FactsForm, zoneOfTenant: string): Promise<void> {
      const timeZone = form.timeZone ?? zoneOfTenant;
      const facts = factsOf(form);
      const oldest = addDays(dayIn(new Date(), timeZone), -KEPT_DAYS);
      const exceptions = facts.exceptions.filter(({ to }) => to >= oldest);
      await save(actor, botId, { facts: { ...facts, exceptions }, timeZone });
    },

    /** An earlier state, as it was. @throws NotFoundError */
    restore: (actor: Actor, botId: string, { facts, timeZone }: { facts: unknown; timeZone: string }): Promise<void> =>
      save(actor, botId, { facts: readStoredFacts(facts) ?? NO_FACTS, timeZone }),
  };
}

export type FactsService = ReturnType<typeof createFactsService>;
