import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError, ValidationError } from '#core/errors.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { ListChange, NamedList } from './named-list.ts';

const ACTIONS = {
  label: { created: 'label.created', changed: 'label.changed', deleted: 'label.deleted' },
  saved_reply: { created: 'saved_reply.created', changed: 'saved_reply.changed', deleted: 'saved_reply.deleted' },
} as const satisfies Record<string, Record<string, AuditAction>>;

interface Deps<Row, Fields> {
  list: NamedList<Row, Fields>;
  noun: keyof typeof ACTIONS;
  /** The key of the refusal when there are as many as there may be. */
  full: string;
  audit: AuditLog;
}

/** Things that a business keeps by name: labels, saved replies. */
export function createKeptList<Row extends { id: string }, Fields>({ list, noun, full, audit }: Deps<Row, Fields>) {
  function settled(change: ListChange): void {
    if (change === 'gone') throw new NotFoundError();
    if (change === 'known') throw new ValidationError({ name: 'inbox.name_taken' });
    if (change === 'full') throw new LimitReachedError(full, { count: list.most });
  }
  const record = (actor: Actor, verb: 'created' | 'changed' | 'deleted'): Promise<void> =>
    audit.record({ ...actor, action: ACTIONS[noun][verb] });

  return {
    list: list.list,

    /** @throws NotFoundError */
    async find(tenantId: string, id: unknown): Promise<Row> {
      const row = isId(id) ? await list.find(tenantId, id) : null;
      if (!row) throw new NotFoundError();
      return row;
    },

    /** @throws ValidationError, LimitReachedError */
    async create(actor: Actor, fields: Fields): Promise<void> {
      settled(await list.create(actor.tenantId, fields));
      await record(actor, 'created');
    },

    /** @throws NotFoundError, ValidationError */
    async change(actor: Actor, id: string, fields: Fields): Promise<void> {
      settled(await list.change(actor.tenantId, id, fields));
      await record(actor, 'changed');
    },

    /** @throws NotFoundError */
    async remove(actor: Actor, id: string): Promise<void> {
      if (!(await list.remove(actor.tenantId, id))) throw new NotFoundError();
      await record(actor, 'deleted');
    },
  };
}

export type KeptList<Row extends { id: string }, Fields> = ReturnType<typeof createKeptList<Row, Fields>>;
