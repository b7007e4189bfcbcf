// The composition root: container.ts and the container-*.ts beside it are the only files that see all parts.

import { createChannels } from '#channels/channels.ts';
import { createSendPauses } from '#channels/send-pauses.ts';
import { createAudit } from '#features/activity/audit.service.ts';
import { createConnectionSecrets } from '#features/connections/connection-secrets.ts';
import { createSealer } from '#platform/crypto/seal.ts';
import { createNotifications } from '#platform/db/notifications.ts';
import type { OpenedDatabase } from '#platform/db/open.ts';
import { freeBytes } from '#platform/embedded/embedded-database.ts';
import { createI18n } from '#platform/i18n/i18n.ts';
import { createQueue } from '#platform/jobs/queue.ts';
import { createWaitingMails } from '#platform/jobs/waiting-mails.ts';
import type { Logger } from '#platform/logger.ts';
import { createMailer } from '#platform/mailer.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createLimits } from '#web/limits.ts';
import { createSeats } from '#web/live-streams.ts';
import { tenantsOfSessionsAcrossTenants } from '#web/member.repo.ts';
import { composeAdmin } from './container-admin.ts';
import { composeAnswering } from './container-answering.ts';
import { composeBroadcasts } from './container-broadcasts.ts';
import { composeKnowledge } from './container-knowledge.ts';
import { composeMessaging } from './container-messaging.ts';
import { addGauges, meterChannels } from './container-metrics.ts';
import { composeOwners } from './container-owners.ts';
import { composePeople } from './container-people.ts';
import { composePolling } from './container-polling.ts';
import { composeWebhooks } from './container-webhooks.ts';
import type { Env } from './env.ts';

export interface ContainerInput {
  env: Env;
  opened: OpenedDatabase;
  logger: Logger;
  /** bcrypt's cost; lower in tests only. */
  passwordCost?: number;
  /** While true nothing new may be taken in. */
  isReadOnly?: () => boolean;
}

/** What nearly every part stands on. */
export async function createFoundation({ env, opened, logger, passwordCost = 12, isReadOnly = () => false }: ContainerInput) {
  const { database } = opened;
  const metrics = createMetrics({ runtime: env.METRICS_TOKEN !== undefined });
  const notifications = createNotifications({ database, logger });
  const sealer = createSealer(env.ENCRYPTION_KEYS);
  const mailer = createMailer({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, logger });
  const queue = createQueue({ database, notifications, logger, working: env.ROLE !== 'web' });
  return {
    env,
    logger,
    database,
    metrics,
    notifications,
    queue,
    passwordCost,
    isReadOnly,
    i18n: await createI18n(),
    audit: createAudit({ database }),
    pauses: createSendPauses(),
    limits: createLimits({ database }),
    streams: {
      seats: createSeats(),
      tenantsOfSessions: (sessionKeys: string[]) => tenantsOfSessionsAcrossTenants(database, sessionKeys),
    },
    waitingMails: createWaitingMails({ queue, sealer, mailer, logger }),
    channels: meterChannels(createChannels(env), metrics),
    secrets: createConnectionSecrets({ sealer }),
  };
}

export type Foundation = Awaited<ReturnType<typeof createFoundation>>;

/** Builds every part of the product; starts nothing. */
export async function createContainer(input: ContainerInput) {
  const foundation = await createFoundation(input);
  const knowledge = composeKnowledge(foundation);
  const owners = composeOwners(foundation, knowledge);
  const admin = composeAdmin(foundation, knowledge);
  const answering = composeAnswering(foundation, { ...owners, ...knowledge });
  const messaging = composeMessaging(foundation, { ...owners, ...knowledge, ...answering, ...admin });
  const webhooks = composeWebhooks(foundation, { ...owners, ...messaging });
  const polling = composePolling(foundation, { ...knowledge, ...messaging, ...webhooks });
  addGauges(foundation.metrics, {
    sql: foundation.database.sql,
    pollers: () => polling.botManager.running().length,
    freeBytes: input.opened.embedded && (() => freeBytes(input.env.DATA_DIR)),
  });
  return {
    ...foundation,
    ...composePeople(foundation),
    ...admin,
    ...owners,
    ...knowledge,
    ...answering,
    ...messaging,
    ...webhooks,
    ...polling,
    ...composeBroadcasts(foundation, answering),
  };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;
