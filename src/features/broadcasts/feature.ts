import type { RequestParamHandler } from 'express';
import type { Sentence } from '#answering/sentences.ts';
import type { Channels } from '#channels/channel.ts';
import { CHANNEL_KINDS } from '#channels/channels.ts';
import type { Foundation } from '../../foundation.ts';
import { type ChannelRules, createAudienceRepo } from './audience.repo.ts';
import { createBroadcastReceipts } from './broadcast-receipts.ts';
import { createBroadcastsRepo } from './broadcasts.repo.ts';
import { broadcastsRoutes } from './broadcasts.routes.ts';
import { createBroadcastsService } from './broadcasts.service.ts';
import { createComposePage, createPreviews } from './compose-page.ts';
import { createPhotosRepo } from './photos.repo.ts';
import { createPhotoAddresses, publicPhotos } from './photos.routes.ts';
import { createProgressStreams } from './progress.ts';
import { createReport } from './report.ts';
import { createBroadcastRunner } from './run-broadcasts.ts';
import { createBroadcastSender, createPhotoSender } from './send-broadcast.ts';
import { createSendingRepo, type SendingRepo } from './sending.repo.ts';
import { createTemplates } from './templates.ts';

interface Needs {
  sentence: Sentence;
  loadBot: RequestParamHandler;
}

/** Separate from the feature, because the pipeline is built before it. */
export { createBroadcastReceipts };

export function broadcastsFeature(foundation: Foundation, { sentence, loadBot }: Needs) {
  const { env, database, logger, notifications, channels, secrets, audit, pauses, streams, limits } = foundation;
  const rules = rulesOf(channels, env.PUBLIC_URL);
  const broadcastsRepo = createBroadcastsRepo({ database });
  const audience = createAudienceRepo({ database, rules });
  const sending = createSendingRepo({ database, rules });
  sharePauses({ pauses, sending, notifications, logger });
  const photos = createPhotosRepo({ database });
  const photoAddresses = createPhotoAddresses({ secrets: env.SESSION_SECRETS, publicUrl: env.PUBLIC_URL });
  const sendPhoto = createPhotoSender({ photos, photoAddresses });
  const send = createBroadcastSender({ channels, openCredentials: secrets.openCredentials, sentence, sendPhoto });
  const broadcasts = createBroadcastsService({ broadcasts: broadcastsRepo, audience, photos, send, audit, notifications });
  const previews = createPreviews({ channels, optOutLine: (language) => sentence(language as 'uz', 'opt_out') });
  const broadcastStreams = createProgressStreams({ find: broadcastsRepo.find, counts: broadcastsRepo.counts, ...streams });
  const onlyProcess = database.kind === 'embedded';

  return {
    routes: broadcastsRoutes({
      broadcasts,
      photos,
      templates: createTemplates({ database, channels, openCredentials: secrets.openCredentials }),
      broadcastStreams,
      composePage: createComposePage({ broadcasts, previews }),
      broadcastReport: createReport({ database }),
      limits,
      loadBot,
    }),
    photoRoutes: publicPhotos({ photos, photoAddresses }),
    jobs: { hourly: (now: Date) => photos.removeUnusedAcrossTenants(now) },
    runner: createBroadcastRunner({ sending, audience, send, pauses, audit, notifications, logger, onlyProcess }),
    streams: broadcastStreams,
    api: { photos, photoAddresses, forgetCustomer: broadcastsRepo.forgetCustomer },
  };
}

export type BroadcastsApi = ReturnType<typeof broadcastsFeature>['api'];

/** A pause caused by a reply also pauses broadcasts of its connection, in every process. */
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
