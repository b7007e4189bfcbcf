import type { ConnectionFailureReason } from '#core/reasons.ts';

export interface HeldConnection {
  id: string;
  tenantId: string;
  botId: string;
  accountId: string;
  displayName: string | null;
  username: string | null;
  sealedSecrets: string;
  state: 'ACTIVE' | 'INACTIVE' | 'PENDING' | 'FAILED';
  failureReason: ConnectionFailureReason | null;
  /** Telegram confirmed the token of this account once. */
  proven: boolean;
  epoch: number;
  /** This statement took the lease; it was not held before. */
  taken: boolean;
  tokenVersion: string;
  /** When the owner started it or changed its token, until that is tried. */
  startedAtMs: number | null;
  /** When `taken`: how long nobody had held the lease. Null: never held, or held all the time. */
  silentMs: number | null;
}

/** `held` null: nothing changed since the known version. */
export interface HeldList {
  version: string | null;
  held: HeldConnection[] | null;
}

export interface ConnectionReport {
  connectionId: string;
  epoch: number;
  /** The version of the tried token: a verdict on an old token must not apply to the new one. */
  tokenVersion: string;
  state: 'ACTIVE' | 'PENDING' | 'FAILED';
  reason: ConnectionFailureReason | null;
  retryInMs: number | null;
  /** The platform's description of the failure, for the page. */
  detail?: string | null;
  account?: { displayName: string; username: string | null };
}

export interface ConnectionChange extends ConnectionReport {
  tenantId: string;
  botId: string;
  botName: string;
}

export type CalledConnection = Pick<
  HeldConnection,
  'id' | 'tenantId' | 'accountId' | 'displayName' | 'username' | 'sealedSecrets'
>;

/** Times are the database's; every write carries the lease's epoch. */
export interface PollingStore {
  /** For the embedded database. */
  freeAllLeases(): Promise<void>;
  /** Takes free and expired leases, and lists all that `holder` now has. Each claim raises the epoch. */
  claim(holder: string, leaseMs: number, known: string | null): Promise<HeldList>;
  /** Returns the epochs of the leases that `holder` still has, by connection. */
  renew(holder: string, leaseMs: number): Promise<ReadonlyMap<string, number>>;
  release(holder: string, connectionIds?: string[]): Promise<void>;
  /** Writes only while the lease is ours and the connection enabled; null when nothing changed. */
  report(holder: string, report: ConnectionReport): Promise<ConnectionChange | null>;
  /** Telegram confirmed the token. False when another connection has proven the account. */
  prove(connection: Pick<HeldConnection, 'id' | 'accountId' | 'tokenVersion'>): Promise<boolean>;
  findCalledAcrossTenants(connectionId: string): Promise<CalledConnection | null>;
  /** A gap in polling: messages may be lost, and the owner is told. */
  recordGap(connectionId: string, epoch: number, gapMs: number): Promise<void>;
  /** A customer blocked or unblocked the bot. `epoch` is null for a webhook, which needs no lease. */
  setReachable(connectionId: string, epoch: number | null, platformUserId: string, reachable: boolean): Promise<void>;
  /** A group removed the bot or took it back. */
  setGroupReachable(connectionId: string, epoch: number | null, chatId: string, reachable: boolean): Promise<void>;
  /** A group has another id now. */
  moveChat(move: { connectionId: string; leaseEpoch: number | null; chatId: string; movedTo: string }): Promise<void>;
}
