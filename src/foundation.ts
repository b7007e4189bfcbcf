// What every feature and the pipeline depend on. Features import its type only; the composition root builds it.

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
import { createPublicFetch, type PublicFetch } from '#platform/public-fetch.ts';
import { createSignal } from '#platform/signal.ts';
import { createLimits } from '#web/limits.ts';
import { createStreamLimit } from '#web/live-streams.ts';
import { tenantsOfSessionsAcrossTenants } from '#web/member.queries.ts';
import { createRefusedRequests } from '#web/refused-requests.ts';
import { createRivals } from '#web/rivals.ts';
import type { Env } from './env.ts';

export interface FoundationInput {
  env: Env;
  opened: OpenedDatabase;
  logger: Logger;
  /** bcrypt's cost; lower in tests only. */
  passwordCost?: number;
  /** Of addresses that people name; another in tests only, which serve their pages on this machine. */
  fetchPublic?: PublicFetch;
  /** While true nothing new may be stored. */
  isReadOnly?: () => boolean;
}

export async function createFoundation(input: FoundationInput) {
  const { env, opened, logger, passwordCost = 12, isReadOnly = () => false, fetchPublic = createPublicFetch() } = input;
  const { database } = opened;
  const metrics = createMetrics({ runtime: env.METRICS_TOKEN !== undefined });
  const notifications = createNotifications({ database, logger });
  const sealer = createSealer(env.ENCRYPTION_KEYS);
  const mailer = createMailer({ smtpUrl: env.SMTP_URL, from: env.MAIL_FROM, logger });
  const queue = createQueue({ database, logger, working: env.ROLE !== 'web' });
  const waitingMails = createWaitingMails({ queue, sealer, mailer, logger });
  const audit = createAudit({ database });
  const refusedRequests = createRefusedRequests({
    record: (details) => audit.record({ actorKind: 'system', action: 'requests.refused', details: { ...details } }),
    logger: { warn: (error, text) => logger.warn(error as Error, text) },
  });
  return {
    env,
    origin: env.PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    logger,
    database,
    metrics,
    notifications,
    queue,
    passwordCost,
    isReadOnly,
    fetchPublic,
    i18n: await createI18n(),
    audit,
    refusedRequests,
    /** An entry, the facts or a prompt were saved. */
    saves: createSignal(),
    pauses: createSendPauses(),
    limits: createLimits({ database }),
    rivals: createRivals(),
    streams: {
      streamLimit: createStreamLimit(),
      tenantsOfSessions: (sessionKeys: string[]) => tenantsOfSessionsAcrossTenants(database, sessionKeys),
    },
    waitingMails,
    sendMail: waitingMails.put,
    sendSecurityMail: waitingMails.putSecurity,
    channels: meterChannels(createChannels(env), metrics),
    sealer,
    secrets: createConnectionSecrets({ sealer }),
  };
}

export type Foundation = Awaited<ReturnType<typeof createFoundation>>;
