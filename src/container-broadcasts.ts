// Composition: one message to many customers.

import type { Sentence } from '#answering/sentences.ts';
import type { Channels } from '#channels/channel.ts';
import { CHANNEL_KINDS } from '#channels/channels.ts';
import { type ChannelRules, createAudienceRepo } from '#features/broadcasts/audience.repo.ts';
import { createBroadcastsRepo } from '#features/broadcasts/broadcasts.repo.ts';
import { createBroadcastsService } from '#features/broadcasts/broadcasts.service.ts';
import { createComposePage } from '#features/broadcasts/compose-page.ts';
import { createPhotoAddresses } from '#features/broadcasts/photo-address.ts';
import { createPhotosRepo } from '#features/broadcasts/photos.repo.ts';
import { createPreviews } from '#features/broadcasts/preview.ts';
import { createProgressStreams } from '#features/broadcasts/progress-streams.ts';
import { createReport } from '#features/broadcasts/report.ts';
import { createBroadcastRunner } from '#features/broadcasts/run-broadcasts.ts';
import { createBroadcastSender } from '#features/broadcasts/send-broadcast.ts';
import { createPhotoSender } from '#features/broadcasts/send-photos.ts';
import { createSendingRepo, type SendingRepo } from '#features/broadcasts/sending.repo.ts';
import type { Foundation } from './container.ts';

export function composeBroadcasts(
  { env, database, logger, notifications, channels, secrets, audit, pauses, streams }: Foundation,
  { sentence }: { sentence: Sentence },
) {
  const rules = rulesOf(channels, env.PUBLIC_URL);
  const broadcastsRepo = createBroadcastsRepo({ database });
  const audience = createAudienceRepo({ database, rules });
  const sending = createSendingRepo({ database, rules });
  sharePauses({ pauses, sending, notifications, logger });
  const photos = createPhotosRepo({ database });
  const photoAddresses = createPhotoAddresses({ secret: env.SESSION_SECRET, publicUrl: env.PUBLIC_URL });
  const sendPhoto = createPhotoSender({ photos, photoAddresses });
  const send = createBroadcastSender({ channels, openCredentials: secrets.openCredentials, sentence, sendPhoto });
  const broadcasts = createBroadcastsService({ broadcasts: broadcastsRepo, audience, photos, send, audit, notifications });
  const previews = createPreviews({ channels, optOutLine: (language) => sentence(language as 'uz', 'opt_out') });

  return {
    broadcasts,
    photos,
    photoAddresses,
    composePage: createComposePage({ broadcasts, previews }),
    broadcastReport: createReport({ database }),
    broadcastStreams: createProgressStreams({
      find: broadcastsRepo.find,
      counts: broadcastsRepo.counts,
      ...streams,
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

function rulesOf(channels: Channels, publicUrl: string | undefined): ChannelRules {
  const ready = CHANNEL_KINDS.filter((kind) => channels[kind]);
  const windows = ready.flatMap((kind) => {
    const windowMs = channels[kind]?.replyWindowMs ?? null;
    return windowMs === null ? [] : [[kind, windowMs] as const];
  });
  return {
    ready,
    windowsMs: Object.fromEntries(windows),
    templates: ready.filter((kind) => channels[kind]?.sendTemplate),
    noPhoto: publicUrl ? [] : ready.filter((kind) => channels[kind]?.fetchesPhotos),
  };
}
