// What every feature and the pipeline stand on. Features know its type only; the composition root builds it.

import { createChannels } from '#channels/channels.ts';
import { meterChannels } from '#channels/metered-channels.ts';
import { createSendPauses } from '#channels/send-pauses.ts';
import { createAudit } from '#features/activity/audit.service.ts';
import { createConnectionSecrets } from '#features/connections/connection-secrets.ts';
import { createSealer } from '#platform/crypto/seal.ts';
import { createNotifications } from '#platform/db/notifications.ts';
import type { OpenedDatabase } from '#platform/db/open.ts';
import { createI18n } from '#platform/i18n/i18n.ts';
import { createQueue } from '#platform/jobs/queue.ts';
import { createWaitingMails } from '#platform/jobs/waiting-mails.ts';
import type { Logger } from '#platform/logger.ts';
import { createMailer } from '#platform/mailer.ts';
import { createMetrics } from '#platform/metrics.ts';
import { createLimits } from '#web/limits.ts';
import { createSeats } from '#web/live-streams.ts';
import { tenantsOfSessionsAcrossTenants } from '#web/member.queries.ts';
import type { Env } from './env.ts';

export interface FoundationInput {
  env: Env;
  opened: OpenedDatabase;
  logger: Logger;
  /** bcrypt's cost; lower in tests only. */
  passwordCost?: number;
  /** While true nothing new may be taken in. */
  isReadOnly?: () => boolean;
}

/** Builds the foundation; starts nothing. */
export async function createFoundation({ env, opened, logger, passwordCost = 12, isReadOnly = () => false }: FoundationInput) {
  const { database } = opened;
  const metrics = createMetrics({ runtime: env.METRICS_TOKEN !== undefined });
  const notifications = createNotifications({ database, logger });
  const sealer = createSealer(env.ENCRYPTION_KEYS);
  const mailer = createMailer({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, logger });
  const queue = createQueue({ database, notifications, logger, working: env.ROLE !== 'web' });
  const waitingMails = createWaitingMails({ queue, sealer, mailer, logger });
  return {
    env,
    /** Where links in mails and on pages lead. */
    origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
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
    waitingMails,
    sendMail: waitingMails.put,
    channels: meterChannels(createChannels(env), metrics),
    secrets: createConnectionSecrets({ sealer }),
  };
}

export type Foundation = Awaited<ReturnType<typeof createFoundation>>;
