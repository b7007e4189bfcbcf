import type { ConnectionFailureReason } from '#core/reasons.ts';

/** A connection this process holds the lease of. */
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
  epoch: number;
  /** The lease was taken by this very statement, not held before. */
  taken: boolean;
  /** Another one when the token was changed. */
  tokenVersion: string;
  /** When the owner started it or changed its token, while that waits to be tried; null otherwise. Milliseconds. */
  startedAtMs: number | null;
  /** When `taken`: for how long nobody had held it, in milliseconds. Null: nobody ever did, or it was held all the time. */
  silentMs: number | null;
}

/** `held` null: nothing was taken, and all is as it was at the version that is known. */
export interface HeldList {
  version: string | null;
  held: HeldConnection[] | null;
}

/** How far a connection is, as its poller saw it. */
export interface ConnectionReport {
  connectionId: string;
  epoch: number;
  /** Of the token that was tried: the verdict on an old one must not fall on its successor. */
  tokenVersion: string;
  state: 'ACTIVE' | 'PENDING' | 'FAILED';
  reason: ConnectionFailureReason | null;
  /** When it is tried again; null when it works, or only the owner can help. */
  retryInMs: number | null;
  /** The platform's own word on the failure, for the page. */
  detail?: string | null;
  account?: { displayName: string; username: string | null };
}

/** A connection whose state has just become another. */
export interface ConnectionChange extends ConnectionReport {
  tenantId: string;
  botId: string;
  botName: string;
}

/** A connection that Telegram calls us for. */
export type CalledConnection = Pick<
  HeldConnection,
  'id' | 'tenantId' | 'accountId' | 'displayName' | 'username' | 'sealedSecrets'
>;

/** What the bot manager needs of the database. Times are the database's; every write carries the lease's epoch. */
export interface PollingStore {
  /** On the embedded database no other process can live: whoever held a lease is gone. */
  freeAllLeases(): Promise<void>;
  /**
   * In one statement: takes the leases that are free or over, for connections that should be polled (enabled Telegram
   * connections of tenants that are not suspended, not given up), and lists all that `holder` now has. Each taking
   * raises the epoch. `known` is the version of an earlier list.
   */
  claim(holder: string, leaseMs: number, known: string | null): Promise<HeldList>;
  /** In one statement: prolongs every lease of `holder`; returns the epochs of those it still has, by connection. */
  renew(holder: string, leaseMs: number): Promise<ReadonlyMap<string, number>>;
  /** Gives leases up at once; without ids, all of `holder`. */
  release(holder: string, connectionIds?: string[]): Promise<void>;
  /** Writes the state when the lease is still ours and the owner still wants it; null when nothing changed. */
  report(holder: string, report: ConnectionReport): Promise<ConnectionChange | null>;
  /** For a webhook, which knows no tenant; null when the owner stopped it, or it is gone. */
  findCalledAcrossTenants(connectionId: string): Promise<CalledConnection | null>;
  /** Nobody polled the bot for this long, which ends now: messages may be lost. Kept where the owner sees it. */
  recordGap(connectionId: string, epoch: number, gapMs: number): Promise<void>;
  /** `epoch` null: told by a webhook, which needs no lease. A customer blocked the bot, or let it in again. */
  setReachable(connectionId: string, epoch: number | null, platformUserId: string, reachable: boolean): Promise<void>;
}
