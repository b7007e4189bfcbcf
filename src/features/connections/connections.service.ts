import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { includesChannel, requireChannel } from '#core/plans.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import type { Actor } from '#web/actor.ts';
import type { Limiter } from '#web/limits.ts';
import { requiredErrors } from './check-credentials.ts';
import type { ConnectionEditForm, ConnectionForm } from './connections.schema.ts';
import { createConnectionEntry, type EntryDeps, plannedOf } from './enter-connection.ts';
import type { Recheck } from './recheck-connections.ts';

/** More would only bypass the plan's number of bots. */
const MAX_CONNECTIONS_PER_BOT = 10;
const TOO_MANY_STARTS = { form: 'connections.error.too_often' };

interface Deps extends EntryDeps {
  recheck: Pick<Recheck, 'started'>;
  notifications: Pick<Notifications, 'notify'>;
  limits: { checks: Limiter; starts: Limiter };
  audit: AuditLog;
}

export function createConnectionsService(deps: Deps) {
  const { connections, channels, secrets, plans, grants, recheck, subscribeAccount, notifications, limits, audit } = deps;
  const entry = createConnectionEntry(deps);

  const wake = (): Promise<void> => notifications.notify('connections');

  const changed = async (
    actor: Actor,
    action: AuditAction,
    targetId: string,
    details?: Record<string, unknown>,
  ): Promise<void> => {
    await audit.record({ ...actor, action, targetType: 'connection', targetId, ...(details && { details }) });
    await plans.apply(actor.tenantId);
    await wake();
  };

  const allowedBy = (tenantId: string) => async (tx: Transaction, kinds: ChannelKind[]) => {
    const { type } = await plans.hold(tx, tenantId);
    const allowed = kinds.filter((kind) => includesChannel(type, plannedOf(kind)));
    if (allowed.length === 0 && kinds[0]) requireChannel(type, plannedOf(kinds[0]));
    return allowed;
  };

  return {
    wake,

    platforms: entry.platforms,

    prepare: entry.prepare,

    async add(actor: Actor, botId: string, form: ConnectionForm): Promise<void> {
      const prepared = await entry.prepare(actor.tenantId, botId, form);
      if (!prepared) {
        const granted = await grants.mayHave(actor.tenantId);
        throw new ValidationError(requiredErrors(channels, form.platform, granted));
      }
      if (!(await connections.add(actor.tenantId, botId, MAX_CONNECTIONS_PER_BOT, prepared.insert))) {
        throw new ValidationError({ platform: 'connections.error.too_many' });
      }
      await prepared.inserted();
      await changed(actor, 'connection.created', prepared.id, { botId, platform: form.platform });
    },

    /** Empty fields keep the stored value. @throws NotFoundError, ValidationError */
    async edit(actor: Actor, botId: string, id: string, form: ConnectionEditForm): Promise<void> {
      const isChanged = await entry.replace(actor.tenantId, botId, id, form);
      if (isChanged) await changed(actor, 'connection.credentials_changed', id, { botId });
    },

    /** Starts all connections of the bot when `id` is null. @throws LimitReachedError when the plan includes none of them. */
    async start(tenantId: string, botId: string, id: string | null): Promise<number> {
      await limits.starts.consume(tenantId, id === null ? undefined : TOO_MANY_STARTS);
      const granted = await grants.mayHave(tenantId);
      const count = await connections.start({ tenantId, botId, id, granted }, allowedBy(tenantId));
      await plans.apply(tenantId);
      await recheck.started(tenantId, botId);
      return count;
    },

    /** @throws NotFoundError, LimitReachedError */
    async setEnabled(actor: Actor, botId: string, id: string, enabled: boolean): Promise<void> {
      const { tenantId } = actor;
      const count = await (enabled ? this.start(tenantId, botId, id) : connections.stop(tenantId, botId, id));
      if (count === 0) throw new NotFoundError();
      await changed(actor, enabled ? 'connection.started' : 'connection.stopped', id, { botId });
    },

    /** R33 (Meta disables the subscription): subscribes again. Returns the refusal or null. @throws NotFoundError */
    async subscribe(actor: Actor, botId: string, id: string): Promise<PeerFailureReason | null> {
      const stored = await connections.find(actor.tenantId, botId, id);
      if (!stored || !channels[stored.platform]?.subscribe) throw new NotFoundError();
      await limits.starts.consume(actor.tenantId, TOO_MANY_STARTS);
      const refusal = await subscribeAccount(stored, secrets.openOrEmpty(stored));
      await audit.record({
        ...actor,
        action: 'connection.subscribed',
        targetType: 'connection',
        targetId: id,
        details: { botId },
      });
      return refusal;
    },

    /** Deletes customers and conversations too. @throws NotFoundError */
    async remove(actor: Actor, botId: string, id: string): Promise<void> {
      if ((await connections.stop(actor.tenantId, botId, id)) === 0) throw new NotFoundError();
      await wake();
      await connections.removeMessages(actor.tenantId, botId, id);
      await connections.remove(actor.tenantId, botId, id);
      await changed(actor, 'connection.deleted', id, { botId });
    },
  };
}

export type ConnectionsService = ReturnType<typeof createConnectionsService>;
