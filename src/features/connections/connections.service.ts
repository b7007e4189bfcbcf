import type { Credentials } from '#channels/channel.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Sql } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import type { AuditService } from '../audit/audit.service.ts';
import { type Channels, type CheckedCredentials, checkCredentials } from './check-credentials.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import { AccountTakenError, type ConnectionRow, type ConnectionsRepo, insertConnection } from './connections.repo.ts';
import type { ConnectionEditForm, ConnectionForm } from './connections.schema.ts';

/** More would only serve to get around the plan's number of bots. */
const MAX_CONNECTIONS_PER_BOT = 10;

interface Deps {
  connections: ConnectionsRepo;
  channels: Channels;
  secrets: ConnectionSecrets;
  notifications: Pick<Notifications, 'notify'>;
  audit: Pick<AuditService, 'record'>;
}

/** What an owner does with a bot's connections. Every change wakes the bot manager. */
export function createConnectionsService({ connections, channels, secrets, notifications, audit }: Deps) {
  const wake = (): Promise<void> => notifications.notify('connections');

  const changed = async (actor: Actor, action: string, targetId: string, details?: Record<string, unknown>): Promise<void> => {
    await audit.record({ ...actor, action, targetType: 'connection', targetId, ...(details && { details }) });
    await wake();
  };

  const rowOf = (tenantId: string, botId: string, id: string, checked: CheckedCredentials): ConnectionRow => ({
    id,
    botId,
    platform: checked.platform,
    accountId: checked.accountId,
    displayName: checked.displayName,
    username: checked.username,
    ...secrets.sealCredentials({ id, tenantId }, checked.credentials, checked.credentials[checked.secretField] ?? ''),
    failureReason: checked.pending?.reason ?? null,
    retryAt: checked.pending ? new Date(Date.now() + checked.pending.retryAfterMs) : null,
  });

  return {
    /** Has the bot manager look at once. */
    wake,

    /** The platforms there are, with the fields their form has; without fields: not to be connected yet. */
    platforms: () => Object.entries(channels).map(([kind, adapter]) => ({ kind, fields: adapter?.credentialFields ?? [] })),

    /**
     * A new connection, its credentials checked by the platform and sealed, ready to be stored within the transaction
     * that makes its bot; null when nothing was entered.
     * @throws ValidationError at the field the platform refuses; `insert` too, when somebody has the account.
     */
    async prepare(tenantId: string, botId: string, form: ConnectionForm) {
      const checked = await checkCredentials(channels, form.platform, form);
      if (!checked) return null;
      const row = rowOf(tenantId, botId, newId(), checked);
      return { id: row.id, insert: (sql: Sql) => refusingTaken(insertConnection(sql, tenantId, row), checked.secretField) };
    },

    /** Adds a connection to a bot that exists. @throws ValidationError */
    async add(actor: Actor, botId: string, form: ConnectionForm): Promise<void> {
      const prepared = await this.prepare(actor.tenantId, botId, form);
      if (!prepared) throw new ValidationError(requiredErrors(channels, form.platform));
      if (!(await connections.add(actor.tenantId, botId, MAX_CONNECTIONS_PER_BOT, prepared.insert))) {
        throw new ValidationError({ platform: 'connections.error.too_many' });
      }
      await changed(actor, 'connection.created', prepared.id, { botId, platform: form.platform });
    },

    /**
     * New credentials for a connection; empty fields keep what is stored.
     * @throws NotFoundError, ValidationError
     */
    async edit(actor: Actor, botId: string, id: string, form: ConnectionEditForm): Promise<void> {
      const stored = await connections.find(actor.tenantId, botId, id);
      if (!stored) throw new NotFoundError();
      if (form.platform && form.platform !== stored.platform)
        throw new ValidationError({ platform: 'connections.error.platform_fixed' });
      const checked = await checkCredentials(channels, stored.platform, form, openStored(stored));
      if (!checked) return;
      const work = connections.replaceCredentials(actor.tenantId, rowOf(actor.tenantId, botId, id, checked));
      if (!(await refusingTaken(work, checked.secretField))) {
        throw new ValidationError({ [checked.secretField]: 'connections.error.other_account' });
      }
      await changed(actor, 'connection.credentials_changed', id, { botId });
    },

    /** Starts or stops one connection. @throws NotFoundError */
    async setEnabled(actor: Actor, botId: string, id: string, enabled: boolean): Promise<void> {
      if ((await connections.setEnabled(actor.tenantId, botId, id, enabled)) === 0) throw new NotFoundError();
      await changed(actor, enabled ? 'connection.started' : 'connection.stopped', id, { botId });
    },

    /** Deletes a connection with its customers and conversations. @throws NotFoundError */
    async remove(actor: Actor, botId: string, id: string): Promise<void> {
      if ((await connections.setEnabled(actor.tenantId, botId, id, false)) === 0) throw new NotFoundError();
      await wake();
      await connections.removeMessages(actor.tenantId, botId, id);
      await connections.remove(actor.tenantId, botId, id);
      await changed(actor, 'connection.deleted', id, { botId });
    },
  };

  /** Sealed with a lost key, the old credentials cannot be kept: the owner has to enter all fields. */
  function openStored(stored: Parameters<ConnectionSecrets['openCredentials']>[0]): Credentials {
    try {
      return secrets.openCredentials(stored);
    } catch {
      return {};
    }
  }
}

export type ConnectionsService = ReturnType<typeof createConnectionsService>;

/** Turns "somebody has this account" into an error at the field, in words that do not say who. */
function refusingTaken<T>(work: Promise<T>, field: string): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof AccountTakenError) throw new ValidationError({ [field]: 'connections.error.taken' });
    throw error;
  });
}

function requiredErrors(channels: Channels, platform: ConnectionForm['platform']): Record<string, string> {
  const fields = channels[platform]?.credentialFields ?? [];
  return Object.fromEntries(fields.map(({ name }) => [name, 'connections.error.required']));
}
