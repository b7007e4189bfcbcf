// Composition: who keeps the Telegram bots polled.
import type { Receive } from '#channels/telegram/accept-update.ts';
import { createBotManager } from '#channels/telegram/bot-manager.ts';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import type { Notices } from '#features/notices/notices.service.ts';
import type { Foundation } from './container.ts';
import { meterReceive } from './container-metrics.ts';

export function composePolling(
  { env, database, notifications, secrets, logger, metrics }: Foundation,
  { receive, notices }: { receive: Receive; notices: Pick<Notices, 'connectionFailed'> },
) {
  return {
    botManager: createBotManager({
      apiRoot: env.TELEGRAM_API_ROOT,
      store: createPollingRepo({ database }),
      openCredentials: secrets.openCredentials,
      receive: meterReceive('telegram', receive, metrics),
      notifications,
      logger,
      onlyProcess: database.kind === 'embedded',
      // What is only unreachable mends itself: no mail for that.
      async onStateChanged({ state, reason, tenantId, botId, botName }) {
        if (state === 'FAILED' && reason) await notices.connectionFailed({ tenantId, botId, botName, reason });
      },
    }),
  };
}
