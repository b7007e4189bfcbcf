import { DESK_BOT_ID } from '#channels/telegram/desk/desk.event.ts';
import type { HeldConnection, PollingStore } from '#channels/telegram/polling/polling-store.ts';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

interface Lease {
  epoch: number;
  taken: boolean;
  silentMs: number | null;
  state: HeldConnection['state'];
  failureReason: ConnectionFailureReason | null;
  username: string | null;
  displayName: string | null;
}

const claimDeskBot = report<{ accountId: string; holder: string; leaseMs: number }, Lease>(
  import.meta.url,
  './statements/claim-desk-bot.sql',
);
const renewDeskBot = report<{ accountId: string; holder: string; leaseMs: number }, { epoch: number }>(
  import.meta.url,
  './statements/renew-desk-bot.sql',
);

/** The lease of the installation's desk bot, in the form in which connections are polled. */
export function createDeskBotRepo({ database }: { database: Database }, accountId: string): PollingStore {
  const { sql, prisma } = database;
  const held = (lease: Lease): HeldConnection => ({
    ...lease,
    id: DESK_BOT_ID,
    tenantId: '',
    botId: '',
    accountId,
    sealedSecrets: '',
    tokenVersion: accountId,
    startedAtMs: null,
    proven: true,
  });
  return {
    freeAllLeases: async () => void (await prisma.deskBot.updateMany({ data: { holder: '', expiresAt: new Date(0) } })),

    async claim(holder, leaseMs) {
      const leases = await claimDeskBot(sql, { accountId, holder, leaseMs });
      return { version: null, held: leases.map(held) };
    },

    async renew(holder, leaseMs) {
      const renewed = await renewDeskBot(sql, { accountId, holder, leaseMs });
      return new Map(renewed.map(({ epoch }) => [DESK_BOT_ID, epoch]));
    },

    async release(holder) {
      await prisma.deskBot.updateMany({ where: { accountId, holder }, data: { holder: '', expiresAt: new Date(0) } });
    },

    async report(holder, { epoch, state, reason, account, ...rest }) {
      const names = account && { displayName: account.displayName, username: account.username };
      const data = { state, failureReason: reason, ...names };
      const { count } = await prisma.deskBot.updateMany({ where: { accountId, holder, epoch }, data });
      return count === 1 ? { ...rest, epoch, state, reason, tenantId: '', botId: '', botName: '' } : null;
    },

    async findCalledAcrossTenants() {
      const bot = await prisma.deskBot.findUnique({ where: { accountId } });
      const { username = null, displayName = null } = bot ?? {};
      return { id: DESK_BOT_ID, tenantId: '', accountId, displayName, username, sealedSecrets: '' };
    },

    // The installation's own.
    prove: async () => true,
    // Nothing is promised for a day without polling, and nobody is a customer there.
    async recordGap() {},
    async setReachable() {},
    async setGroupReachable() {},
    async moveChat() {},
  };
}
