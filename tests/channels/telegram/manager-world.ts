import { type BotManager, type BotManagerDeps, createBotManager } from '#channels/telegram/polling/bot-manager.ts';
import type { ConnectionChange } from '#channels/telegram/polling/polling-store.ts';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import type { Database } from '#platform/db/database.ts';
import { createLogger } from '#platform/logger.ts';
import { aBusiness } from '../../support/factories.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';
import type { TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

/** About thirty times faster than in production. */
export const FAST_TIMES = {
  pollMs: 600,
  quietPollMs: 600,
  quietAfterMs: 0,
  // A poll that is given up while a busy machine answers it would look like a second poller.
  graceMs: 30_000,
  retryMs: 20,
  maxRetryMs: 80,
  conflictMs: 250,
  reconcileMs: 100,
  renewMs: 150,
  // Long enough for a busy machine. Tests end leases with leasesRunOut.
  leaseMs: 10_000,
  leaseMarginMs: 2_000,
};

interface ConnectionRow {
  state: string;
  reason: string | null;
  username: string | null;
  displayName: string | null;
}

/** Tenants, bots and connections in a real database, with managers that store into a list. */
export function createManagerWorld(database: Database, emulator: TelegramEmulator) {
  const managers: BotManager[] = [];
  const received: { holder: string; connectionId: string; text: string; epoch: number | null }[] = [];
  const changes: ConnectionChange[] = [];
  let number = 40_000;

  return {
    received,
    changes,
    textsOf: (id: string): string[] => received.filter(({ connectionId }) => connectionId === id).map(({ text }) => text),

    /** A tenant with one bot and its connection; the emulator knows the token. */
    async addConnection(
      row: { state?: string; username?: string | null; reason?: string } = {},
    ): Promise<{ id: string; tenantId: string; bot: BotState }> {
      number += 1;
      const bot = emulator.addBot({
        token: `${number}:AAabcdefghijklmnopqrstuvwxyz0123456`,
        username: `n${number}_bot`,
        name: `Bot ${number}`,
      });
      const { tenantId, connectionId: id } = await aBusiness()
        .withBot(
          {},
          {
            accountId: String(bot.id),
            sealedSecrets: JSON.stringify({ telegramToken: bot.token }),
            state: row.state ?? 'PENDING',
            username: row.username ?? null,
            displayName: row.username ?? null,
            failureReason: row.reason ?? null,
          },
        )
        .in(database);
      return { id, tenantId, bot };
    },

    async connection(id: string): Promise<ConnectionRow> {
      const text =
        'SELECT state, failure_reason AS reason, username, display_name AS "displayName" FROM connections WHERE id = $1';
      return (await database.sql.query<ConnectionRow>(text, [id])).rows[0] as ConnectionRow;
    },

    async lease(id: string): Promise<{ holder: string; epoch: number }> {
      const text = 'SELECT holder, epoch FROM leases WHERE connection_id = $1';
      return (await database.sql.query<{ holder: string; epoch: number }>(text, [id])).rows[0] as {
        holder: string;
        epoch: number;
      };
    },

    /** Ends all leases. */
    leasesRunOut: () => database.sql.query('UPDATE leases SET expires_at = now()'),

    async longestLeaseMs(): Promise<number> {
      const text = 'SELECT max(extract(epoch FROM expires_at - now())) * 1000 AS ms FROM leases';
      return Number((await database.sql.query<{ ms: string }>(text)).rows[0]?.ms);
    },

    query: (text: string, values: unknown[] = []) => database.sql.query(text, values),

    manager(changed: Partial<BotManagerDeps> = {}): BotManager & { wake: () => void } {
      let wake = (): void => {};
      const manager: BotManager = createBotManager({
        apiRoot: emulator.url,
        store: createPollingRepo({ database }),
        openCredentials: ({ sealedSecrets }) => JSON.parse(sealedSecrets),
        async receive({ connectionId, leaseEpoch, messages }) {
          for (const { text } of messages) received.push({ holder: manager.holder, connectionId, text, epoch: leaseEpoch });
          return { accepted: true };
        },
        onStateChanged: async (change) => {
          changes.push(change);
        },
        notifications: {
          on: (_topic, listener) => {
            wake = () => listener('');
          },
        },
        onlyProcess: false,
        logger: createLogger({ level: 'silent', secrets: [] }),
        times: FAST_TIMES,
        ...changed,
      });
      managers.push(manager);
      return { ...manager, wake: () => wake() };
    },

    async stopAll(): Promise<void> {
      await Promise.all(managers.splice(0).map((manager) => manager.stop()));
      await database.sql.query('DELETE FROM tenants');
      received.length = 0;
      changes.length = 0;
    },
  };
}

export type ManagerWorld = ReturnType<typeof createManagerWorld>;
