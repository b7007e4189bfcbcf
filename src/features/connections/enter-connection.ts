import type { Channels, Credentials } from '#channels/channel.ts';
import { channelOf } from '#channels/channels.ts';
import { type CredentialForm, removalOf } from '#channels/connection-form.ts';
import { CHANNELS } from '#channels/registry.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import { includesChannel, PLANS, type PlannedChannel, requireChannel } from '#core/plans.ts';
import type { PlanGate } from '#features/billing/feature.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Transaction } from '#platform/db/row-lock.ts';
import type { Limiter } from '#web/limits.ts';
import { type CheckedCredentials, checkCredentials } from './check-credentials.ts';
import type { ConnectionSecrets } from './connection-secrets.ts';
import { type ConnectionRow, type ConnectionsRepo, insertConnection } from './connections.repo.ts';
import type { ConnectionEditForm, ConnectionForm } from './connections.schema.ts';
import { defaultsFor, type InstallationGrants } from './installation-grants.ts';
import type { IntroduceAccount } from './introduce-account.ts';
import { AccountTakenError } from './prove-account.ts';
import { FIRST_RENEWAL_MS } from './renew-tokens.ts';
import type { SubscribeAccount } from './subscribe-account.ts';

const TOO_MANY_CHECKS = { platform: 'connections.error.too_often' };

export interface EntryDeps {
  connections: ConnectionsRepo;
  channels: Channels;
  secrets: ConnectionSecrets;
  plans: PlanGate;
  grants: Pick<InstallationGrants, 'mayHave' | 'hasOrTakes'>;
  subscribeAccount: SubscribeAccount;
  introduceAccount: IntroduceAccount;
  limits: { checks: Limiter };
}

/** From a form with credentials to a checked connection. */
export function createConnectionEntry(deps: EntryDeps) {
  const { connections, channels, secrets, plans, grants, subscribeAccount, introduceAccount, limits } = deps;

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

  /** Asked, and perhaps taken, only where a field is left to the installation. */
  async function grantedFor(tenantId: string, platform: ChannelKind, form: CredentialForm): Promise<boolean> {
    const { fields = [], defaults = {} } = channels[platform] ?? {};
    const isLeft = fields.some(({ name, ofApp }) => name in defaults && !ofApp && !form[name]?.trim());
    return isLeft && grants.hasOrTakes(tenantId);
  }

  return {
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

    /** Empty fields keep the stored value. Returns whether anything was entered. @throws NotFoundError, ValidationError */
    async replace(tenantId: string, botId: string, id: string, form: ConnectionEditForm): Promise<boolean> {
      const stored = await connections.find(tenantId, botId, id);
      if (!stored) throw new NotFoundError();
      if (form.platform && form.platform !== stored.platform)
        throw new ValidationError({ platform: 'connections.error.platform_fixed' });
      const { kept, removed } = withoutRemoved(secrets.openOrEmpty(stored), form);
      const granted = await grantedFor(tenantId, stored.platform, { ...kept, ...withoutEmpty(form) });
      const checked = await checkCredentials(channels, stored.platform, form, {
        stored: kept,
        removed,
        granted,
        countCall: () => limits.checks.consume(tenantId, TOO_MANY_CHECKS),
      });
      if (!checked) return false;
      const work = connections.replaceCredentials(tenantId, rowOf(tenantId, botId, id, checked));
      if (!(await refusingTaken(work, checked.accountField))) {
        throw new ValidationError({ [checked.accountField]: 'connections.error.other_account' });
      }
      if (!checked.pending) {
        introduceAccount(stored, checked.credentials);
        await subscribeAccount(stored, checked.credentials);
      }
      return true;
    },
  };
}

const withoutEmpty = (form: CredentialForm): CredentialForm =>
  Object.fromEntries(Object.entries(form).filter(([, value]) => value?.trim()));

export const plannedOf = (kind: ChannelKind): PlannedChannel => channelOf(kind) as PlannedChannel;

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
