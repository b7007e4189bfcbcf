// Composition: how Telegram's updates come in: who polls the bots, or has Telegram call us.
import type { Receive } from '#channels/telegram/accept-update.ts';
import { createBotManager } from '#channels/telegram/polling/bot-manager.ts';
import { createWebhookSecrets } from '#channels/telegram/webhook/webhook-secret.ts';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import type { Notices } from '#features/notices/notices.service.ts';
import type { RefusalCounter } from '#pipeline/refusal-counter.ts';
import type { Foundation } from './container.ts';
import { meterReceive } from './container-metrics.ts';

export function composePolling(
  { env, database, notifications, secrets, logger, metrics, isReadOnly }: Foundation,
  { receive, notices, refusals }: { receive: Receive; notices: Pick<Notices, 'connectionFailed'>; refusals: RefusalCounter },
) {
  const webhookSecrets = createWebhookSecrets(env.ENCRYPTION_KEYS);
  const { openCredentials } = secrets;
  const shared = {
    apiRoot: env.TELEGRAM_API_ROOT,
    store: createPollingRepo({ database }),
    openCredentials,
    receive: meterReceive('telegram', receive, metrics),
    logger,
  };
  const byWebhook = env.TELEGRAM_MODE === 'webhook' && env.PUBLIC_URL;
  return {
    telegramWebhook: { ...shared, webhookSecrets, refused: refusals.refused },
    botManager: createBotManager({
      ...shared,
      notifications,
      isPaused: isReadOnly,
      webhook: byWebhook ? { publicUrl: byWebhook, secretOf: webhookSecrets.of } : null,
      onlyProcess: database.kind === 'embedded',
      // What is only unreachable mends itself: no mail for that.
      async onStateChanged({ state, reason, tenantId, botId, botName }) {
        if (state === 'FAILED' && reason) await notices.connectionFailed({ tenantId, botId, botName, reason });
      },
    }),
  };
}
