import type {
  CalledConnection,
  ConnectionChange,
  ConnectionReport,
  HeldConnection,
  PollingStore,
} from '#channels/telegram/polling/polling-store.ts';
import { setGroupReachable, setReachable } from '#pipeline/conversation-marks.ts';
import { createMoveChat } from '#pipeline/move-chat.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { proveClaim } from './prove-account.ts';

const MAX_DETAIL_CHARS = 300;

type Epoch = { connectionId: string; epoch: number };
type Claimed = HeldConnection & { version: string | null };
type Reported = Omit<ConnectionReport, 'account'> & { holder: string; displayName: string | null; username: string | null };
type Changed = Pick<ConnectionChange, 'tenantId' | 'botId' | 'botName'>;

const claimLeases = report<{ holder: string; leaseMs: number; known: string | null }, Claimed>(
  import.meta.url,
  './statements/claim-leases.sql',
);
const renewLeases = report<{ holder: string; leaseMs: number }, { kept: Record<string, number> }>(
  import.meta.url,
  './statements/renew-leases.sql',
);
const releaseLeases = report<{ holder: string; connectionIds: string[] | null }>(
  import.meta.url,
  './statements/release-leases.sql',
);
const freeAllLeases = report(import.meta.url, './statements/free-all-leases.sql');
const reportConnection = report<Reported, Changed>(import.meta.url, './statements/report-connection.sql');
const findCalled = report<{ connectionId: string }, CalledConnection>(import.meta.url, './statements/find-called-connection.sql');
const recordGap = report<Epoch & { gapMs: number }>(import.meta.url, './statements/record-polling-gap.sql');

export function createPollingRepo({ database }: { database: Database }): PollingStore {
  const { sql } = database;
  return {
    freeAllLeases: async () => void (await freeAllLeases(sql, {})),

    async claim(holder, leaseMs, known) {
      const rows = await claimLeases(sql, { holder, leaseMs, known });
      const version = rows[0]?.version ?? null;
      return { version, held: version !== null && version === known ? null : rows.filter(({ id }) => id !== null) };
    },

    async renew(holder, leaseMs) {
      const [renewed] = await renewLeases(sql, { holder, leaseMs });
      return new Map(Object.entries(renewed?.kept ?? {}));
    },

    async release(holder, connectionIds) {
      await releaseLeases(sql, { holder, connectionIds: connectionIds ?? null });
    },

    async report(holder, change) {
      const { account, detail, ...found } = change;
      const [changed] = await reportConnection(sql, {
        ...found,
        holder,
        detail: detail?.slice(0, MAX_DETAIL_CHARS) ?? null,
        displayName: account?.displayName ?? null,
        username: account?.username ?? null,
      });
      return changed ? { ...change, ...changed } : null;
    },

    prove: ({ id, accountId, tokenVersion }) => proveClaim(database, { id, platform: 'telegram', accountId, tokenVersion }),

    findCalledAcrossTenants: async (connectionId) => (await findCalled(sql, { connectionId }))[0] ?? null,

    async recordGap(connectionId, epoch, gapMs) {
      await recordGap(sql, { connectionId, epoch, gapMs });
    },

    async setReachable(connectionId, epoch, platformUserId, reachable) {
      await setReachable(sql, { connectionId, leaseEpoch: epoch, platformUserId, reachable });
    },

    async setGroupReachable(connectionId, epoch, chatId, reachable) {
      await setGroupReachable(sql, { connectionId, leaseEpoch: epoch, chatId, reachable });
    },

    moveChat: createMoveChat({ database }),
  };
}
