// Composition: how a customer's message comes in, is answered and goes out.
import type { AnswerComposer } from '#answering/compose-answer.ts';
import type { Sentence } from '#answering/sentences.ts';
import type { Recheck } from '#features/connections/recheck-connections.ts';
import type { TokenRenewal } from '#features/connections/renew-tokens.ts';
import { createReseal } from '#features/connections/reseal-connections.ts';
import { createAnswerer } from '#pipeline/answer-message.ts';
import { createGiveUp } from '#pipeline/give-up.ts';
import { createReceiver } from '#pipeline/receive-message.ts';
import { settleReplyJobsSql, takeReplyJobsSql } from '#pipeline/reply-jobs.ts';
import type { TurnNotices } from '#pipeline/turn.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { createHousekeeping } from '#process/housekeeping.ts';
import { createJobHandlers } from '#process/job-handlers.ts';
import { createWorker } from '#process/worker.ts';
import type { Foundation } from './container.ts';
import { meterReply } from './container-metrics.ts';

export function composeMessaging(
  { database, logger, queue, notifications, channels, secrets, waitingMails, metrics, pauses }: Foundation,
  {
    composer,
    sentence,
    aiConfigured,
    usage,
    notices,
    recheck,
    renewTokens,
    overseeAll,
    overseeEachMinute,
  }: {
    composer: AnswerComposer;
    sentence: Sentence;
    aiConfigured: boolean;
    usage: UsageService;
    notices: TurnNotices;
    recheck: Pick<Recheck, 'due'>;
    renewTokens: TokenRenewal;
    overseeAll: () => Promise<void>;
    overseeEachMinute: () => Promise<void>;
  },
) {
  const answer = createAnswerer({
    database,
    composer,
    sentence,
    aiConfigured,
    usage,
    channels,
    openCredentials: secrets.openCredentials,
    pauses,
    notices,
    settleReplyJobsSql,
    logger,
  });
  const giveUp = createGiveUp({ sql: database.sql, usage });
  const [removeOld, reseal] = [createHousekeeping({ database }), createReseal({ database, secrets, logger })];
  const handlers = createJobHandlers({
    answer: meterReply(answer, metrics),
    giveUp,
    waitingMails,
    housekeeping: async () => {
      await removeOld();
      await reseal();
      await overseeAll();
    },
    connections: async () => {
      await overseeEachMinute();
      const now = new Date();
      await recheck.due(now);
      await renewTokens(now);
    },
  });

  const worker = createWorker({ queue, notifications, handlers, logger });
  return { receive: createReceiver({ database, takeReplyJobsSql, taker: worker.taker }), worker };
}
