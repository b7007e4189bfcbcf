import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Foundation } from '../../foundation.ts';
import type { Receive } from './accept-update.ts';
import type { DeskInbox } from './desk/desk.event.ts';
import { createBotManager } from './polling/bot-manager.ts';
import type { PollingStore } from './polling/polling-store.ts';
import { TOKEN_FIELD } from './telegram.api.ts';
import { telegramWebhook } from './webhook/telegram.webhook.ts';
import { createWebhookSecrets } from './webhook/webhook-secret.ts';

interface Needs {
  store: PollingStore;
  receive: Receive;
  desk: DeskInbox;
  /** The installation's desk bot, served like a connection of nobody. */
  deskBot: { token: string; store: PollingStore } | null;
  refused: Parameters<typeof telegramWebhook>[0]['refused'];
  refuse: Parameters<typeof telegramWebhook>[0]['refuse'];
  connectionFailed: (failure: {
    tenantId: string;
    botId: string;
    botName: string;
    reason: ConnectionFailureReason;
  }) => Promise<unknown>;
}

export function createTelegramReceiving(
  { env, database, notifications, secrets, logger, isReadOnly }: Foundation,
  { store, receive, desk, deskBot, refused, refuse, connectionFailed }: Needs,
) {
  const webhookSecrets = createWebhookSecrets(env.ENCRYPTION_KEYS);
  const shared = { apiRoot: env.TELEGRAM_API_ROOT, store, openCredentials: secrets.openCredentials, receive, desk, logger };
  const publicUrl = env.TELEGRAM_MODE === 'webhook' ? env.PUBLIC_URL : undefined;
  const deskDeps = deskBot && {
    ...shared,
    store: deskBot.store,
    openCredentials: () => ({ [TOKEN_FIELD]: deskBot.token }),
    // It has no customers.
    receive: async () => ({ accepted: true }),
  };
  const webhook = { ...shared, webhookSecrets, refused, refuse, ...(deskDeps && { deskBot: deskDeps }) };
  const managed = {
    notifications,
    isPaused: isReadOnly,
    webhook: publicUrl ? { publicUrl, secretOf: webhookSecrets.of } : null,
    onlyProcess: database.kind === 'embedded',
  };
  return {
    store,
    webhook,
    webhookRoutes: telegramWebhook(webhook),
    deskManager: deskDeps && createBotManager({ ...deskDeps, ...managed, onStateChanged: async () => {} }),
    botManager: createBotManager({
      ...shared,
      ...managed,
      // `unreachable` recovers by itself and needs no mail.
      async onStateChanged({ state, reason, tenantId, botId, botName }) {
        if (state === 'FAILED' && reason) await connectionFailed({ tenantId, botId, botName, reason });
      },
    }),
  };
}
