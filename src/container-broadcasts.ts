// Composition: one message to many customers.
import type { Channels } from '#channels/registry.ts';
import { CHANNEL_KINDS } from '#core/message.ts';
import type { Sentence } from '#features/answering/sentences.ts';
import { type ChannelRules, createAudienceRepo } from '#features/broadcasts/audience.repo.ts';
import { createBroadcastsRepo } from '#features/broadcasts/broadcasts.repo.ts';
import { createBroadcastsService } from '#features/broadcasts/broadcasts.service.ts';
import { createProgressStreams } from '#features/broadcasts/progress-streams.ts';
import { createReport } from '#features/broadcasts/report.ts';
import { createBroadcastRunner } from '#features/broadcasts/run-broadcasts.ts';
import { createBroadcastSender } from '#features/broadcasts/send-broadcast.ts';
import { createSendingRepo, type SendingRepo } from '#features/broadcasts/sending.repo.ts';
import { tenantsOfUsersAcrossTenants } from '#web/member.repo.ts';
import type { Foundation } from './container.ts';

export function composeBroadcasts(
  { database, logger, notifications, channels, secrets, audit, pauses }: Foundation,
  { sentence }: { sentence: Sentence },
) {
  const rules = rulesOf(channels);
  const broadcastsRepo = createBroadcastsRepo({ database });
  const audience = createAudienceRepo({ database, rules });
  const sending = createSendingRepo({ database, rules });
  sharePauses({ pauses, sending, notifications, logger });
  const send = createBroadcastSender({ channels, openCredentials: secrets.openCredentials, sentence });

  return {
    broadcasts: createBroadcastsService({ broadcasts: broadcastsRepo, audience, send, audit, notifications }),
    broadcastReport: createReport({ database }),
    optOutLine: (language: string): string => sentence(language as 'uz', 'opt_out'),
    broadcastStreams: createProgressStreams({
      find: broadcastsRepo.find,
      counts: broadcastsRepo.counts,
      tenantsOfUsers: (userIds) => tenantsOfUsersAcrossTenants(database, userIds),
    }),
    broadcastRunner: createBroadcastRunner({
      sending,
      audience,
      send,
      pauses,
      audit,
      notifications,
      logger,
      onlyProcess: database.kind === 'embedded',
    }),
  };
}

/** A reply that was told to wait holds broadcasts up too, and either of them the other processes. */
function sharePauses({
  pauses,
  sending,
  notifications,
  logger,
}: Pick<Foundation, 'pauses' | 'notifications' | 'logger'> & { sending: SendingRepo }): void {
  pauses.on((connectionId, ms) => {
    Promise.all([sending.pauseAcrossTenants(connectionId, ms), notifications.notify('pauses', `${connectionId}/${ms}`)]).catch(
      (err: Error) => logger.warn(err, 'others were not told that a platform wants us to wait'),
    );
  });
  notifications.on('pauses', (detail) => {
    const [connectionId = '', ms] = detail.split('/');
    if (Number(ms) > 0) pauses.note(connectionId, Number(ms));
  });
}

function rulesOf(channels: Channels): ChannelRules {
  const ready = CHANNEL_KINDS.filter((kind) => channels[kind]);
  const windows = ready.flatMap((kind) => {
    const windowMs = channels[kind]?.replyWindowMs ?? null;
    return windowMs === null ? [] : [[kind, windowMs] as const];
  });
  return { ready, windowsMs: Object.fromEntries(windows) };
}
