// Composition: what platforms bring by calling us.

import type { Receiver } from '#features/messaging/receive-message.ts';
import type { UsageService } from '#features/usage/usage.service.ts';
import { createAcceptDelivery } from '#features/webhooks/accept-delivery.ts';
import { createDeletionsRepo } from '#features/webhooks/deletions.repo.ts';
import { createEchoesRepo } from '#features/webhooks/echoes.repo.ts';
import { createReceiptsRepo } from '#features/webhooks/receipts.repo.ts';
import { createWebhookConnectionsRepo } from '#features/webhooks/webhook-connections.repo.ts';
import type { Foundation } from './container.ts';

export function composeWebhooks(
  { env, database, channels, secrets, logger }: Foundation,
  { receive, usage }: { receive: Receiver; usage: Pick<UsageService, 'releaseMessages'> },
) {
  const connections = createWebhookConnectionsRepo({ database });
  return {
    webhooks: {
      channels,
      verifyToken: env.META_VERIFY_TOKEN,
      markVerified: connections.markVerifiedAcrossTenants,
      logger,
      acceptDelivery: createAcceptDelivery({
        connections,
        openCredentials: secrets.openCredentials,
        receive,
        applyReceipts: createReceiptsRepo({ database }),
        keepEcho: createEchoesRepo({ database }),
        forgetMessages: createDeletionsRepo({ database }),
        releaseMessages: usage.releaseMessages,
        logger,
      }),
    },
  };
}
