import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason, PeerFailureReason } from '#core/reasons.ts';
import { removeConnectionMessages } from '#pipeline/erase.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

export type ConnectionState = 'ACTIVE' | 'INACTIVE' | 'PENDING' | 'FAILED';

/** What pages may know of a connection: no secrets. */
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
  /** The platform's own words about it. */
  failureDetail: string | null;
  firstMessageAt: Date | null;
  lastInboundAt: Date | null;
  /** Of platforms that call us: when the handshake came. */
  verifiedAt: Date | null;
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

/** A row as it is written, new or edited. */
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
  /** Works from now on, since nothing has to be polled. */
  ready: boolean;
  sharesApp: boolean;
  /** When the entered token is due for renewal; null when it does not expire. */
  tokenRenewAt: Date | null;
}

type OneOrAll = { tenantId: string; botId: string; id: string | null };
type Id = { id: string };
type NewRow = Omit<ConnectionRow, 'ready'> & { tenantId: string; state: ConnectionState };

const insertRow = report<NewRow>(import.meta.url, './statements/insert-connection.sql');
const replaceRow = report<Omit<NewRow, 'platform' | 'sharesApp'>, Id>(import.meta.url, './statements/replace-credentials.sql');
const lockBot = report<{ tenantId: string; botId: string }, Id>(import.meta.url, './statements/lock-bot-connections.sql');
const countOfBot = report<{ botId: string }, { count: number }>(import.meta.url, './statements/count-bot-connections.sql');
const kindsOf = report<OneOrAll, { kind: ChannelKind }>(import.meta.url, './statements/connection-kinds.sql');
const startRows = report<OneOrAll & { kinds: ChannelKind[] }, Id>(import.meta.url, './statements/start-connections.sql');

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
  lastError: true,
  lastErrorAt: true,
  tokenExpiresAt: true,
  tokenRenewAt: true,
  createdAt: true,
} as const;

const UNIQUE_VIOLATION = '23505';

/** Another connection, of any tenant, has this account. */
export class AccountTakenError extends Error {}

const rowOf = (tenantId: string, { ready, ...row }: ConnectionRow): NewRow => ({
  ...row,
  tenantId,
  state: ready ? 'ACTIVE' : 'PENDING',
});

/** Adds the row within the caller's transaction. @throws AccountTakenError */
export async function insertConnection(sql: Sql, tenantId: string, row: ConnectionRow): Promise<void> {
  await refusingTaken(insertRow(sql, rowOf(tenantId, row)));
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

    /** Runs `insert` unless the bot has `max` connections. The bot's row is locked, so the limit holds for concurrent calls. */
    add: (tenantId: string, botId: string, max: number, insert: (sql: Sql) => Promise<void>): Promise<boolean> =>
      database.inTransaction(async (tx) => {
        await lockBot(tx, { tenantId, botId });
        const [counted] = await countOfBot(tx, { botId });
        if ((counted?.count ?? 0) >= max) return false;
        await insert(tx);
        return true;
      }),

    /** New credentials; false when another account is refused, since customers have written. @throws AccountTakenError */
    async replaceCredentials(tenantId: string, row: ConnectionRow): Promise<boolean> {
      return (await refusingTaken(replaceRow(sql, rowOf(tenantId, row)))).length === 1;
    },

    /** Stops one connection, or with null all of the bot's. Returns how many there were. */
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

    /**
     * Starts one connection, or with null all of the bot's, on the channels that `allowed` lets through. `allowed` runs in the
     * same transaction and may throw.
     */
    start: (
      tenantId: string,
      botId: string,
      id: string | null,
      allowed: (tx: Sql, kinds: ChannelKind[]) => Promise<ChannelKind[]>,
    ): Promise<number> =>
      database.inTransaction(async (tx) => {
        const kinds = (await kindsOf(tx, { tenantId, botId, id })).map(({ kind }) => kind);
        if (kinds.length === 0) return 0;
        return (await startRows(tx, { tenantId, botId, id, kinds: await allowed(tx, kinds) })).length;
      }),

    /** Deletes the messages of a connection, or with null of the whole bot. */
    async removeMessages(tenantId: string, botId: string, connectionId: string | null): Promise<void> {
      await removeConnectionMessages(sql, { tenantId, botId, connectionId });
    },

    remove: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await prisma.connection.deleteMany({ where: { tenantId, botId, id } })).count === 1,
  };
}

export type ConnectionsRepo = ReturnType<typeof createConnectionsRepo>;

async function refusingTaken<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: { code?: string; constraint?: string }) => {
    if (error.code !== UNIQUE_VIOLATION || error.constraint !== 'connections_platform_account_id_key') throw error;
    throw new AccountTakenError();
  });
}
