import { type BotManager, type BotManagerDeps, createBotManager } from '#channels/telegram/polling/bot-manager.ts';
import type { ConnectionChange } from '#channels/telegram/polling/polling-store.ts';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { createLogger } from '#platform/logger.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';
import type { TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

/** Everything a manager does, some thirty times faster than in earnest. */
export const FAST_TIMES = {
  pollMs: 600,
  quietPollMs: 600,
  quietAfterMs: 0,
  graceMs: 300,
  retryMs: 20,
  maxRetryMs: 80,
  conflictMs: 250,
  reconcileMs: 100,
  renewMs: 150,
  leaseMs: 1_500,
  leaseMarginMs: 300,
};

interface ConnectionRow {
  state: string;
  reason: string | null;
  username: string | null;
  displayName: string | null;
}

/** Tenants, bots and connections in a real database, and managers over them that store into a list. */
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
      const [tenantId, botId, id] = [newId(), newId(), newId()];
      await database.sql.query('INSERT INTO tenants (id, name) VALUES ($1, $2)', [tenantId, `T${bot.id}`]);
      await database.sql.query("INSERT INTO bots (id, tenant_id, name, system_prompt) VALUES ($1, $2, $3, '')", [
        botId,
        tenantId,
        `B${bot.id}`,
      ]);
      await database.sql.query(
        `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, state, username, display_name, failure_reason)
         VALUES ($1, $2, $3, 'telegram', $4, $5, '3456', $6::"ConnectionState", $7, $7, $8)`,
        [
          id,
          tenantId,
          botId,
          String(bot.id),
          JSON.stringify({ telegramToken: bot.token }),
          row.state ?? 'PENDING',
          row.username ?? null,
          row.reason ?? null,
        ],
      );
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
