// Composition: what platforms bring by calling us.

import { createBroadcastReceipts } from '#features/broadcasts/broadcast-receipts.ts';
import { createAcceptDelivery } from '#pipeline/accept-delivery.ts';
import { createCustomerNamesRepo } from '#pipeline/customer-names.repo.ts';
import { createDeletionsRepo } from '#pipeline/deletions.repo.ts';
import { createEchoesRepo } from '#pipeline/echoes.repo.ts';
import { createLearnNames } from '#pipeline/learn-names.ts';
import { createOwnEchoesRepo } from '#pipeline/own-echoes.repo.ts';
import { createReceiptsRepo } from '#pipeline/receipts.repo.ts';
import type { Receiver } from '#pipeline/receive-message.ts';
import { createRefusalCounter } from '#pipeline/refusal-counter.ts';
import { createRefusalsRepo } from '#pipeline/refusals.repo.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { createWebhookConnectionsRepo } from '#pipeline/webhook-connections.repo.ts';
import type { Foundation } from './container.ts';

export function composeWebhooks(
  { env, database, channels, secrets, metrics, logger }: Foundation,
  { receive, usage }: { receive: Receiver; usage: Pick<UsageService, 'releaseMessages'> },
) {
  const connections = createWebhookConnectionsRepo({ database });
  const [applyReceipts, applyToBroadcasts] = [createReceiptsRepo({ database }), createBroadcastReceipts({ database })];
  const { addAcrossTenants } = createRefusalsRepo({ database });
  const refusals = createRefusalCounter({ write: addAcrossTenants, meter: metrics.refusal, logger });
  return {
    refusals,
    webhooks: {
      channels,
      verifyToken: env.META_VERIFY_TOKEN,
      markVerified: connections.markVerifiedAcrossTenants,
      refused: refusals.refused,
      logger,
      acceptDelivery: createAcceptDelivery({
        connections,
        openCredentials: secrets.openCredentials,
        receive,
        // A broadcast's messages are no part of a conversation.
        async applyReceipts(connectionId, receipts) {
          const [failed] = await Promise.all([applyReceipts(connectionId, receipts), applyToBroadcasts(connectionId, receipts)]);
          return failed;
        },
        isOwnEcho: createOwnEchoesRepo({ database }),
        keepEcho: createEchoesRepo({ database }),
        forgetMessages: createDeletionsRepo({ database }),
        learnNames: createLearnNames({
          names: createCustomerNamesRepo({ database }),
          openCredentials: secrets.openCredentials,
          logger,
        }),
        releaseMessages: usage.releaseMessages,
        refused: refusals.refused,
        logger,
      }),
    },
  };
}
