import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Foundation } from '../../foundation.ts';
import type { Receive } from './accept-update.ts';
import { createBotManager } from './polling/bot-manager.ts';
import type { PollingStore } from './polling/polling-store.ts';
import { telegramWebhook } from './webhook/telegram.webhook.ts';
import { createWebhookSecrets } from './webhook/webhook-secret.ts';

interface Needs {
  store: PollingStore;
  receive: Receive;
  /** Counts a delivery that was refused. */
  refused: Parameters<typeof telegramWebhook>[0]['refused'];
  /** A connection needs its owner. */
  connectionFailed: (failure: {
    tenantId: string;
    botId: string;
    botName: string;
    reason: ConnectionFailureReason;
  }) => Promise<unknown>;
}

/** How Telegram's updates come in: this process polls its bots, or has Telegram call us. */
export function createTelegramReceiving(
  { env, database, notifications, secrets, logger, isReadOnly }: Foundation,
  { store, receive, refused, connectionFailed }: Needs,
) {
  const webhookSecrets = createWebhookSecrets(env.ENCRYPTION_KEYS);
  const shared = { apiRoot: env.TELEGRAM_API_ROOT, store, openCredentials: secrets.openCredentials, receive, logger };
  const publicUrl = env.TELEGRAM_MODE === 'webhook' ? env.PUBLIC_URL : undefined;
  const webhook = { ...shared, webhookSecrets, refused };
  return {
    store,
    webhook,
    webhookRoutes: telegramWebhook(webhook),
    botManager: createBotManager({
      ...shared,
      notifications,
      isPaused: isReadOnly,
      webhook: publicUrl ? { publicUrl, secretOf: webhookSecrets.of } : null,
      onlyProcess: database.kind === 'embedded',
      // What is only unreachable mends itself and needs no mail.
      async onStateChanged({ state, reason, tenantId, botId, botName }) {
        if (state === 'FAILED' && reason) await connectionFailed({ tenantId, botId, botName, reason });
      },
    }),
  };
}
