import { ValidationError } from '#core/errors.ts';
import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import { removeConnectionMessages } from '#pipeline/erase.ts';
import type { Database, Prisma } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { sqlIn } from '#platform/db/transaction-sql.ts';
import { claimAccount, refusingTaken } from './prove-account.ts';

export type ConnectionState = 'ACTIVE' | 'INACTIVE' | 'PENDING' | 'FAILED';

/** Contains no secrets. */
export interface Connection {
  id: string;
  botId: string;
  platform: ChannelKind;
  accountId: string;
  displayName: string | null;
  username: string | null;
  secretLast4: string;
  enabled: boolean;
  state: ConnectionState;
  failureReason: ConnectionFailureReason | null;
  failureDetail: string | null;
  firstMessageAt: Date | null;
  lastInboundAt: Date | null;
  verifiedAt: Date | null;
  /** When the platform last agreed to deliver the account's messages; null: unknown or refused. */
  subscribedAt: Date | null;
  lastError: PeerFailureReason | null;
  lastErrorAt: Date | null;
  tokenExpiresAt: Date | null;
  tokenRenewAt: Date | null;
  createdAt: Date;
}

export interface SealedConnection extends Connection {
  tenantId: string;
  sealedSecrets: string;
}

export interface ConnectionRow {
  id: string;
  botId: string;
  platform: ChannelKind;
  accountId: string;
  displayName: string | null;
  username: string | null;
  sealedSecrets: string;
  secretLast4: string;
  failureReason: ConnectionFailureReason | null;
  retryAt: Date | null;
  /** The platform confirmed the credentials for this account. */
  proven: boolean;
  ready: boolean;
  sharesApp: boolean;
  tokenRenewAt: Date | null;
}

type OneOrAll = { tenantId: string; botId: string; id: string | null };
type Id = { id: string };
type ReplacedRow = Omit<ConnectionRow, 'ready' | 'platform' | 'sharesApp'> & { tenantId: string; state: ConnectionState };

const replaceRow = report<ReplacedRow, Id>(import.meta.url, './statements/replace-credentials.sql');
const startRows = report<OneOrAll & { kinds: ChannelKind[]; granted: boolean }, Id>(
  import.meta.url,
  './statements/start-connections.sql',
);

const SHOWN = {
  id: true,
  botId: true,
  platform: true,
  accountId: true,
  displayName: true,
  username: true,
  secretLast4: true,
  enabled: true,
  state: true,
  failureReason: true,
  failureDetail: true,
  firstMessageAt: true,
  lastInboundAt: true,
  verifiedAt: true,
  subscribedAt: true,
  lastError: true,
  lastErrorAt: true,
  tokenExpiresAt: true,
  tokenRenewAt: true,
  createdAt: true,
} as const;

const stateOf = ({ ready }: ConnectionRow): ConnectionState => (ready ? 'ACTIVE' : 'PENDING');

/** The handshake of the installation's own app counts for every connection that shares the app. @throws AccountTakenError */
export async function insertConnection(tx: Transaction, tenantId: string, row: ConnectionRow): Promise<void> {
  const { ready: _ready, sharesApp, proven, ...data } = row;
  const platform = row.platform as Prisma.ConnectionUncheckedCreateInput['platform'];
  const now = await nowIn(tx);
  const ofApp = {
    where: { platform, verifiedAt: { not: null } },
    orderBy: { verifiedAt: 'desc' },
    select: { verifiedAt: true },
  } as const;
  const verifiedAt = sharesApp ? ((await tx.connection.findFirst(ofApp))?.verifiedAt ?? null) : null;
  const state = { state: stateOf(row), stateChangedAt: now, createdAt: now, verifiedAt, provenAt: proven ? now : null };
  await claimAccount(sqlIn(tx), row);
  await refusingTaken(tx.connection.create({ data: { ...data, ...state, tenantId, platform }, select: { id: true } }));
}

export function createConnectionsRepo({ database }: { database: Database }) {
  const { sql, prisma } = database;
  return {
    listOfBot: async (tenantId: string, botId: string): Promise<Connection[]> =>
      (await prisma.connection.findMany({
        where: { tenantId, botId },
        orderBy: { id: 'asc' },
        select: SHOWN,
      })) as Connection[],

    find: async (tenantId: string, botId: string, id: string): Promise<SealedConnection | null> =>
      (await prisma.connection.findFirst({
        where: { tenantId, botId, id },
        select: { ...SHOWN, tenantId: true, sealedSecrets: true },
      })) as SealedConnection | null,

    sealedOfBot: (tenantId: string, botId: string) =>
      prisma.connection.findMany({
        where: { tenantId, botId },
        select: { id: true, tenantId: true, platform: true, sealedSecrets: true },
      }),

    /** Runs `insert` unless the bot has `max` connections. The bot's row is locked, so the limit holds for concurrent calls. */
    add: (tenantId: string, botId: string, max: number, insert: (tx: Transaction) => Promise<void>): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        if ((await tx.connection.count({ where: { tenantId, botId } })) >= max) return false;
        await insert(tx);
        return true;
      }),

    /** False for another account when customers have already written. @throws AccountTakenError */
    async replaceCredentials(tenantId: string, row: ConnectionRow): Promise<boolean> {
      const { ready: _ready, sharesApp: _sharesApp, platform: _platform, ...values } = row;
      const replaced = database.inTransaction(async (tx) => {
        await claimAccount(tx, row);
        return replaceRow(tx, { ...values, tenantId, state: stateOf(row) });
      });
      return (await refusingTaken(replaced)).length === 1;
    },

    async stop(tenantId: string, botId: string, id: string | null): Promise<number> {
      const { count } = await prisma.connection.updateMany({
        where: { tenantId, botId, ...(id !== null && { id }) },
        data: {
          enabled: false,
          state: 'INACTIVE',
          stateChangedAt: await database.now(),
          failureReason: null,
          failureDetail: null,
          retryAt: null,
          lastError: null,
          lastErrorAt: null,
        },
      });
      return count;
    },

    /** `id` null: all connections of the bot. Without a grant, those with the installation's token stay. `allowed` picks the channels; it runs in the same transaction and may throw. */
    start: (
      { tenantId, botId, id, granted }: OneOrAll & { granted: boolean },
      allowed: (tx: Transaction, kinds: ChannelKind[]) => Promise<ChannelKind[]>,
    ): Promise<number> =>
      database.transaction(async (tx) => {
        const where = { tenantId, botId, ...(id !== null && { id }) };
        const rows = await tx.connection.findMany({ where, select: { platform: true } });
        if (rows.length === 0) return 0;
        const kinds = await allowed(
          tx,
          rows.map(({ platform }) => platform),
        );
        const started = await startRows(sqlIn(tx), { tenantId, botId, id, kinds, granted });
        if (started.length === 0) throw new ValidationError({ form: 'connections.error.not_granted' });
        return started.length;
      }),

    async removeMessages(tenantId: string, botId: string, connectionId: string | null): Promise<void> {
      await removeConnectionMessages(sql, { tenantId, botId, connectionId });
    },

    remove: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await prisma.connection.deleteMany({ where: { tenantId, botId, id } })).count === 1,
  };
}

export type ConnectionsRepo = ReturnType<typeof createConnectionsRepo>;
