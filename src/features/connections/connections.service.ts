import type { Channels, Credentials } from '#channels/channel.ts';
import { channelOf } from '#channels/channels.ts';
import { CHANNELS } from '#channels/registry.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { includesChannel, PLANS, type PlannedChannel, requireChannel } from '#core/plans.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { PlanGate } from '#features/billing/feature.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Sql } from '#platform/db/database.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Actor } from '#web/actor.ts';
import { type CheckedCredentials, checkCredentials } from './check-credentials.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import { AccountTakenError, type ConnectionRow, type ConnectionsRepo, insertConnection } from './connections.repo.ts';
import type { ConnectionEditForm, ConnectionForm } from './connections.schema.ts';
import type { Recheck } from './recheck-connections.ts';
import { FIRST_RENEWAL_MS } from './renew-tokens.ts';

/** More would only serve to get around the plan's number of bots. */
const MAX_CONNECTIONS_PER_BOT = 10;

interface Deps {
  connections: ConnectionsRepo;
  channels: Channels;
  secrets: ConnectionSecrets;
  plans: PlanGate;
  recheck: Pick<Recheck, 'started'>;
  notifications: Pick<Notifications, 'notify'>;
  audit: AuditLog;
}

/** What an owner does with a bot's connections. Every change wakes the bot manager. */
export function createConnectionsService({ connections, channels, secrets, plans, recheck, notifications, audit }: Deps) {
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
    ready: checked.ready,
    sharesApp: checked.sharesApp,
    tokenRenewAt: checked.renewable ? new Date(Date.now() + FIRST_RENEWAL_MS) : null,
  });

  /** On the plan's platforms, of those there are. @throws LimitReachedError when it has none of them. */
  const allowedBy = (tenantId: string) => async (tx: Sql, kinds: ChannelKind[]) => {
    const plan = await plans.hold(tx, tenantId);
    const allowed = kinds.filter((kind) => includesChannel(plan, plannedOf(kind)));
    if (allowed.length === 0 && kinds[0]) requireChannel(plan, plannedOf(kinds[0]));
    return allowed;
  };

  return {
    /** Has the bot manager look at once. */
    wake,

    /**
     * The platforms there are, with the fields their form has; without fields: not to be connected yet. `locked` says what
     * one costs that the tenant's plan lacks, `isGiven` that the installation has a value for the field.
     */
    async platforms(tenantId: string) {
      const plan = await plans.current(tenantId);
      return CHANNELS.map((channel) => {
        const { fields = [], defaults = {} } = channels[channel.kind] ?? {};
        return {
          kind: channel.kind,
          fields: fields.map(({ name, secret, optional = false }) => ({ name, secret, optional, isGiven: name in defaults })),
          locked: includesChannel(plan, channel) ? null : { plan: channel.plan, priceUzs: PLANS[channel.plan].priceUzs },
        };
      });
    },

    /**
     * A new connection, its credentials checked by the platform and sealed, ready to be stored within the transaction
     * that makes its bot; null when nothing was entered.
     * @throws LimitReachedError when the plan lacks the platform; ValidationError at the field the platform refuses;
     * `insert` both too, when the plan has changed or somebody has the account.
     */
    async prepare(tenantId: string, botId: string, form: ConnectionForm) {
      if (channels[form.platform]) requireChannel(await plans.current(tenantId), plannedOf(form.platform));
      const checked = await checkCredentials(channels, form.platform, form);
      if (!checked) return null;
      const row = rowOf(tenantId, botId, newId(), checked);
      const insert = async (tx: Sql): Promise<void> => {
        requireChannel(await plans.hold(tx, tenantId), plannedOf(form.platform));
        await refusingTaken(insertConnection(tx, tenantId, row), checked.accountField);
      };
      return { id: row.id, insert };
    },

    /** Adds a connection to a bot that exists. @throws ValidationError, LimitReachedError */
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
      if (!(await refusingTaken(work, checked.accountField))) {
        throw new ValidationError({ [checked.accountField]: 'connections.error.other_account' });
      }
      await changed(actor, 'connection.credentials_changed', id, { botId });
    },

    /**
     * Starts one connection, or with null all of the bot's that its plan has; the platforms that need no poller are asked
     * at once. Returns how many. @throws LimitReachedError when the plan has none of them.
     */
    async start(tenantId: string, botId: string, id: string | null): Promise<number> {
      const count = await connections.start(tenantId, botId, id, allowedBy(tenantId));
      await plans.apply(tenantId);
      await recheck.started(tenantId, botId);
      return count;
    },

    /** Starts or stops one connection. @throws NotFoundError, LimitReachedError */
    async setEnabled(actor: Actor, botId: string, id: string, enabled: boolean): Promise<void> {
      const { tenantId } = actor;
      const count = await (enabled ? this.start(tenantId, botId, id) : connections.stop(tenantId, botId, id));
      if (count === 0) throw new NotFoundError();
      await changed(actor, enabled ? 'connection.started' : 'connection.stopped', id, { botId });
    },

    /** R33: asks the platform anew to deliver the account's messages. Its refusal, or null. @throws NotFoundError */
    async subscribe(actor: Actor, botId: string, id: string): Promise<PeerFailureReason | null> {
      const stored = await connections.find(actor.tenantId, botId, id);
      const adapter = stored ? channels[stored.platform] : undefined;
      if (!stored || !adapter?.subscribe) throw new NotFoundError();
      const answer = await adapter.subscribe(openStored(stored));
      await audit.record({
        ...actor,
        action: 'connection.subscribed',
        targetType: 'connection',
        targetId: id,
        details: { botId },
      });
      return answer.ok ? null : answer.reason;
    },

    /** Deletes a connection with its customers and conversations. @throws NotFoundError */
    async remove(actor: Actor, botId: string, id: string): Promise<void> {
      if ((await connections.stop(actor.tenantId, botId, id)) === 0) throw new NotFoundError();
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

const plannedOf = (kind: ChannelKind): PlannedChannel => channelOf(kind) as PlannedChannel;

export type ConnectionsService = ReturnType<typeof createConnectionsService>;

/** Turns "somebody has this account" into an error at the field, in words that do not say who. */
function refusingTaken<T>(work: Promise<T>, field: string): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof AccountTakenError) throw new ValidationError({ [field]: 'connections.error.taken' });
    throw error;
  });
}

function requiredErrors(channels: Channels, platform: ConnectionForm['platform']): Record<string, string> {
  const { fields = [], defaults = {} } = channels[platform] ?? {};
  const missing = fields.filter(({ name, optional }) => !optional && !(name in defaults));
  return Object.fromEntries(missing.map(({ name }) => [name, 'connections.error.required']));
}
