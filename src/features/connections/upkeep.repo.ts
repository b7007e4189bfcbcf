import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { ConnectionState } from './connections.repo.ts';

/** A connection that is about to be checked or renewed. */
export interface UpkeepConnection {
  id: string;
  tenantId: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  sealedSecrets: string;
  stateChangedAt: Date;
  tokenExpiresAt: Date | null;
}

/** The outcome of a check. */
export interface Settled {
  state: ConnectionState;
  reason: ConnectionFailureReason | null;
  retryAt: Date | null;
  account?: { accountId: string; displayName: string; username?: string };
}

type Due = { now: Date; kinds: ChannelKind[] };
type SettledRow = Omit<Settled, 'account'> & {
  id: string;
  sealedSecrets: string;
  accountId: string | null;
  displayName: string | null;
  username: string | null;
};

const takePending = report<Due, UpkeepConnection>(import.meta.url, './statements/take-pending-checks.sql');
const takeStarted = report<Due & { tenantId: string; botId: string }, UpkeepConnection>(
  import.meta.url,
  './statements/take-started-checks.sql',
);
const takeRenewals = report<Due, UpkeepConnection>(import.meta.url, './statements/take-token-renewals.sql');
const settleCheck = report<SettledRow, { id: string }>(import.meta.url, './statements/settle-check.sql');

/** The queries that keep connections working by themselves. They span tenants, except startedOf. */
export function createUpkeepRepo({ database: { sql, prisma } }: { database: Database }) {
  // The row is changed only while it has the credentials that were tried: what the owner changed meanwhile is newer.
  const change = async ({ id, sealedSecrets }: UpkeepConnection, data: object): Promise<boolean> =>
    (await prisma.connection.updateMany({ where: { id, sealedSecrets }, data })).count === 1;

  return {
    /** Those that wait for their check, and whose time has come. */
    pendingAcrossTenants: (now: Date, kinds: ChannelKind[]) => takePending(sql, { now, kinds }),

    /** Those of one bot that its owner has just started. */
    startedOf: (tenantId: string, botId: string, now: Date, kinds: ChannelKind[]) =>
      takeStarted(sql, { now, kinds, tenantId, botId }),

    /** Those whose token is due for renewal. */
    renewalsAcrossTenants: (now: Date, kinds: ChannelKind[]) => takeRenewals(sql, { now, kinds }),

    /** False: the owner changed it meanwhile. */
    async settle({ id, sealedSecrets }: UpkeepConnection, { account, ...settled }: Settled): Promise<boolean> {
      const { accountId = null, displayName = null, username = null } = account ?? {};
      return (await settleCheck(sql, { id, sealedSecrets, ...settled, accountId, displayName, username })).length === 1;
    },

    renewed: (
      connection: UpkeepConnection,
      next: { sealedSecrets: string; secretLast4: string; expiresAt: Date; renewAt: Date },
    ): Promise<boolean> =>
      change(connection, {
        sealedSecrets: next.sealedSecrets,
        secretLast4: next.secretLast4,
        tokenExpiresAt: next.expiresAt,
        tokenRenewAt: next.renewAt,
        lastError: null,
        lastErrorAt: null,
      }),

    notRenewed: (connection: UpkeepConnection, renewAt: Date, reason: PeerFailureReason, now: Date): Promise<boolean> =>
      change(connection, { tokenRenewAt: renewAt, lastError: reason, lastErrorAt: now }),
  };
}

export type UpkeepRepo = ReturnType<typeof createUpkeepRepo>;
