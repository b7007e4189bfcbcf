import type { RequestParamHandler } from 'express';
import type { Answering } from '#answering/answering.ts';
import type { KnowledgeApi } from '#features/knowledge/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { QualityService } from '#features/quality/feature.ts';
import type { PersonReplies } from '#pipeline/staff-replies.service.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import { createLiveStreams } from '#web/live-streams.ts';
import type { Foundation } from '../../foundation.ts';
import { createAnswerCheck } from './check-answer.ts';
import { createDailyDigest } from './daily-digest.ts';
import { createQuestionGrouper } from './group-questions.ts';
import { createGroupingRepo } from './grouping.repo.ts';
import { createQuestionMerger } from './merge-questions.ts';
import { createMergesRepo } from './merges.repo.ts';
import { openCount } from './open-count.ts';
import { createQuestionsRepo } from './questions.repo.ts';
import { questionsRoutes } from './questions.routes.ts';
import { createQuestionsService } from './questions.service.ts';
import { createAnswerSender } from './send-answers.ts';

interface Needs {
  answering: Answering;
  knowledge: KnowledgeApi;
  usage: UsageService;
  notices: Notices;
  personReplies: PersonReplies;
  quality: { quality: QualityService };
  loadBot: RequestParamHandler;
}

const STREAM_TURN_MS = 2_000;

/** Open questions: what customers asked and the knowledge does not answer, answered once for all who asked. */
export function questionsFeature(
  { env, database, notifications, logger, audit, streams, limits, origin }: Foundation,
  { answering, knowledge, usage, notices, personReplies, quality, loadBot }: Needs,
) {
  const { composer, sentence, aiConfigured, compareQuestions: compare } = answering;
  const repo = createQuestionsRepo({ database });
  const sender = createAnswerSender({ questions: repo, personReplies, sentence, logger });
  const check = createAnswerCheck({ database, composer, aiConfigured, usage });
  const questions = createQuestionsService({
    questions: repo,
    knowledge: knowledge.entries,
    check,
    sender,
    quality: quality.quality,
    audit,
    logger,
  });
  const grouper = createQuestionGrouper({ grouping: createGroupingRepo({ database }), notifications, logger });
  const digest = createDailyDigest({ database, notices, origin, logger });
  const merges = createMergesRepo({ database, usdUzs: env.USD_UZS });
  const merger = createQuestionMerger({ database, merges, compare, spend: usage.addSpent, logger });
  const questionStreams = createLiveStreams({
    ...streams,
    turnMs: STREAM_TURN_MS,
    slowestTurns: 1,
    async look(watched) {
      const found = await repo.versions(watched);
      return watched.map(({ id }) => (found.has(id) ? { id: found.get(id) as string } : null));
    },
  });
  return {
    routes: questionsRoutes({ questions, questionStreams, limits, loadBot }),
    openCount: openCount({ questions: repo }),
    grouper,
    streams: questionStreams,
    jobs: {
      async everyMinute(now: Date): Promise<void> {
        await grouper.look();
        await sender.sendWaitingAcrossTenants();
        await digest(now);
      },
      async hourly(now: Date): Promise<void> {
        await repo.removeUnaskedAcrossTenants();
        if (aiConfigured) await merger.hourly(now);
      },
      async merge(now?: Date): Promise<void> {
        if (aiConfigured) await merger.run(now);
      },
    },
    api: { questions, openCounts: repo.openCounts },
  };
}

export type QuestionsApi = ReturnType<typeof questionsFeature>['api'];
