import type { Channels, Credentials } from '#channels/channel.ts';
import { channelOf } from '#channels/channels.ts';
import { type CredentialForm, removalOf } from '#channels/connection-form.ts';
import { CHANNELS } from '#channels/registry.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { includesChannel, PLANS, type PlannedChannel, requireChannel } from '#core/plans.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { PlanGate } from '#features/billing/feature.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import type { Actor } from '#web/actor.ts';
import type { Limiter } from '#web/limits.ts';
import { type CheckedCredentials, checkCredentials, requiredErrors } from './check-credentials.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import { type ConnectionRow, type ConnectionsRepo, insertConnection } from './connections.repo.ts';
import type { ConnectionEditForm, ConnectionForm } from './connections.schema.ts';
import { defaultsFor, type InstallationGrants } from './installation-grants.ts';
import type { IntroduceAccount } from './introduce-account.ts';
import { AccountTakenError } from './prove-account.ts';
import type { Recheck } from './recheck-connections.ts';
import { FIRST_RENEWAL_MS } from './renew-tokens.ts';
import type { SubscribeAccount } from './subscribe-account.ts';

/** More would only bypass the plan's number of bots. */
const MAX_CONNECTIONS_PER_BOT = 10;
const TOO_MANY_CHECKS = { platform: 'connections.error.too_often' };
const TOO_MANY_STARTS = { form: 'connections.error.too_often' };

interface Deps {
  connections: ConnectionsRepo;
  channels: Channels;
  secrets: ConnectionSecrets;
  plans: PlanGate;
  grants: Pick<InstallationGrants, 'mayHave' | 'hasOrTakes'>;
  recheck: Pick<Recheck, 'started'>;
  subscribeAccount: SubscribeAccount;
  introduceAccount: IntroduceAccount;
  notifications: Pick<Notifications, 'notify'>;
  limits: { checks: Limiter; starts: Limiter };
  audit: AuditLog;
}

export function createConnectionsService({
  connections,
  channels,
  secrets,
  plans,
  grants,
  recheck,
  subscribeAccount,
  introduceAccount,
  notifications,
  limits,
  audit,
}: Deps) {
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
    proven: checked.pending === null,
    ready: checked.ready,
    sharesApp: checked.sharesApp,
    tokenRenewAt: checked.renewable ? new Date(Date.now() + FIRST_RENEWAL_MS) : null,
  });

  const allowedBy = (tenantId: string) => async (tx: Transaction, kinds: ChannelKind[]) => {
    const { type } = await plans.hold(tx, tenantId);
    const allowed = kinds.filter((kind) => includesChannel(type, plannedOf(kind)));
    if (allowed.length === 0 && kinds[0]) requireChannel(type, plannedOf(kinds[0]));
    return allowed;
  };

  return {
    wake,

    /** Without fields the channel cannot be connected yet. `locked`: its price. `isGiven`: the installation has a value for this tenant. */
    async platforms(tenantId: string) {
      const [{ type }, granted] = await Promise.all([plans.current(tenantId), grants.mayHave(tenantId)]);
      return CHANNELS.map((channel) => {
        const { fields = [], defaults: all = {} } = channels[channel.kind] ?? {};
        const defaults = defaultsFor({ fields, defaults: all }, granted);
        return {
          kind: channel.kind,
          fields: fields.map(({ name, secret, optional = false }) => ({ name, secret, optional, isGiven: name in defaults })),
          locked: includesChannel(type, channel) ? null : { plan: channel.plan, priceUzs: PLANS[channel.plan].priceUzs },
        };
      });
    },

    /**
     * Null when nothing was entered. `prepare` and its `insert` throw LimitReachedError or ValidationError. `inserted` comes after
     * the transaction: within it a second connection would wait for ever on the embedded database.
     */
    async prepare(tenantId: string, botId: string, form: ConnectionForm) {
      if (channels[form.platform]) requireChannel((await plans.current(tenantId)).type, plannedOf(form.platform));
      const checked = await checkCredentials(channels, form.platform, form, {
        granted: await grantedFor(tenantId, form.platform, form),
        countCall: () => limits.checks.consume(tenantId, TOO_MANY_CHECKS),
      });
      if (!checked) return null;
      const row = rowOf(tenantId, botId, newId(), checked);
      const insert = async (tx: Transaction): Promise<void> => {
        requireChannel((await plans.hold(tx, tenantId)).type, plannedOf(form.platform));
        await refusingTaken(insertConnection(tx, tenantId, row), checked.accountField);
      };
      const inserted = async (): Promise<void> => {
        if (!row.proven) return;
        await limits.checks.reward(tenantId);
        introduceAccount(row, checked.credentials);
        await subscribeAccount({ ...row, tenantId }, checked.credentials);
      };
      return { id: row.id, insert, inserted };
    },

    async add(actor: Actor, botId: string, form: ConnectionForm): Promise<void> {
      const prepared = await this.prepare(actor.tenantId, botId, form);
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
      const stored = await connections.find(actor.tenantId, botId, id);
      if (!stored) throw new NotFoundError();
      if (form.platform && form.platform !== stored.platform)
        throw new ValidationError({ platform: 'connections.error.platform_fixed' });
      const { kept, removed } = withoutRemoved(secrets.openOrEmpty(stored), form);
      const granted = await grantedFor(actor.tenantId, stored.platform, { ...kept, ...withoutEmpty(form) });
      const checked = await checkCredentials(channels, stored.platform, form, {
        stored: kept,
        removed,
        granted,
        countCall: () => limits.checks.consume(actor.tenantId, TOO_MANY_CHECKS),
      });
      if (!checked) return;
      const work = connections.replaceCredentials(actor.tenantId, rowOf(actor.tenantId, botId, id, checked));
      if (!(await refusingTaken(work, checked.accountField))) {
        throw new ValidationError({ [checked.accountField]: 'connections.error.other_account' });
      }
      if (!checked.pending) {
        introduceAccount(stored, checked.credentials);
        await subscribeAccount(stored, checked.credentials);
      }
      await changed(actor, 'connection.credentials_changed', id, { botId });
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

  /** Asked, and perhaps taken, only where a field is left to the installation. */
  async function grantedFor(tenantId: string, platform: ChannelKind, form: CredentialForm): Promise<boolean> {
    const { fields = [], defaults = {} } = channels[platform] ?? {};
    const isLeft = fields.some(({ name, ofApp }) => name in defaults && !ofApp && !form[name]?.trim());
    return isLeft && grants.hasOrTakes(tenantId);
  }
}

const withoutEmpty = (form: CredentialForm): CredentialForm =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value?.trim()));

const plannedOf = (kind: ChannelKind): PlannedChannel => channelOf(kind) as PlannedChannel;

export type ConnectionsService = ReturnType<typeof createConnectionsService>;

/** The error does not tell who has the account. */
function refusingTaken<T>(work: Promise<T>, field: string): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof AccountTakenError) throw new ValidationError({ [field]: 'connections.error.taken' });
    throw error;
  });
}

/** An optional field whose tick says so is emptied; a new value in it wins. */
function withoutRemoved(stored: Credentials, form: ConnectionEditForm) {
  const removed = Object.keys(stored).filter((name) => form[removalOf(name)] && !form[name]);
  const kept = Object.fromEntries(Object.entries(stored).filter(([name]) => !removed.includes(name)));
  return { kept, removed: removed.length > 0 };
}
