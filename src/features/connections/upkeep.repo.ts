import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { ConnectionState } from './connections.repo.ts';
import { claimAccount, refusingTaken } from './prove-account.ts';

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
const takeDisplaced = report<Record<never, never>, { tenantId: string; botId: string; botName: string }>(
  import.meta.url,
  './statements/take-displaced-across-tenants.sql',
);
const settleCheck = report<SettledRow, { id: string }>(import.meta.url, './statements/settle-check.sql');

export function createUpkeepRepo({ database }: { database: Database }) {
  const { sql, prisma } = database;
  // Only while the row has the tried credentials: those that the owner entered meanwhile are newer.
  const change = async ({ id, sealedSecrets }: UpkeepConnection, data: object): Promise<boolean> =>
    (await prisma.connection.updateMany({ where: { id, sealedSecrets }, data })).count === 1;

  return {
    pendingAcrossTenants: (now: Date, kinds: ChannelKind[]) => takePending(sql, { now, kinds }),

    startedOf: (tenantId: string, botId: string, now: Date, kinds: ChannelKind[]) =>
      takeStarted(sql, { now, kinds, tenantId, botId }),

    displacedAcrossTenants: () => takeDisplaced(sql, {}),

    renewalsAcrossTenants: (now: Date, kinds: ChannelKind[]) => takeRenewals(sql, { now, kinds }),

    /** @throws AccountTakenError when another connection has proven the account. */
    async settle({ id, platform, sealedSecrets }: UpkeepConnection, { account, ...settled }: Settled): Promise<boolean> {
      const { accountId = null, displayName = null, username = null } = account ?? {};
      const row = { id, sealedSecrets, ...settled, accountId, displayName, username };
      if (accountId === null) return (await settleCheck(sql, row)).length === 1;
      const proved = database.inTransaction(async (tx) => {
        await claimAccount(tx, { id, platform, accountId, proven: true });
        return settleCheck(tx, row);
      });
      return (await refusingTaken(proved)).length === 1;
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
