import type { RequestParamHandler } from 'express';
import type { Answering } from '#answering/answering.ts';
import type { BillingApi } from '#features/billing/feature.ts';
import type { Notices } from '#features/notices/feature.ts';
import type { RevisionsApi } from '#features/revisions/feature.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createAskBot } from './ask-bot.ts';
import { createAskGolden } from './ask-golden.ts';
import { createAskTrial } from './ask-trial.ts';
import { createGoldenQueries } from './golden.queries.ts';
import { qualityRoutes } from './quality.routes.ts';
import { createQualityService } from './quality.service.ts';
import { createGoldenRunner } from './run-golden.ts';
import { createRunsRepo, QUIET_SECONDS } from './runs.repo.ts';
import { createTellWorse } from './tell-worse.ts';
import { createTrialsRepo } from './trials.repo.ts';
import { trialsRoutes } from './trials.routes.ts';
import { createTrialsService } from './trials.service.ts';

interface Needs {
  answering: Answering;
  usage: Pick<UsageService, 'addSpent'>;
  billing: BillingApi;
  notices: Notices;
  revisions: RevisionsApi;
  loadBot: RequestParamHandler;
}

/** Golden questions: asked again after every change, so that an answer that gets worse is noticed at once. */
export function qualityFeature(
  { database, audit, limits, queue, logger, origin, saves }: Foundation,
  { answering, usage, billing, notices, revisions, loadBot }: Needs,
) {
  const { aiConfigured } = answering;
  const planOf = async (tenantId: string) => (await billing.gate.current(tenantId)).type;
  const wakeAfter = (afterSeconds: number): void => {
    queue
      .enqueue('quality', {}, { afterSeconds })
      .catch((err: Error) => logger.warn(err, 'golden questions wait for the schedule'));
  };
  // The run comes when nothing else is saved for a while.
  saves.on(() => wakeAfter(QUIET_SECONDS + 1));
  const quality = createQualityService({
    golden: createGoldenQueries({ database }),
    revisions: revisions.revisions,
    planOf,
    now: database.now,
    audit,
    wake: wakeAfter,
  });
  const trials = createTrialsRepo({ database });
  const tried = createTrialsService({ database, trials, audit, wake: () => wakeAfter(0) });
  const { composer, judge } = answering.golden;
  const spend = usage.addSpent;
  const asking = { database, judge, aiConfigured, spend, askBot: createAskBot({ database, composer, aiConfigured, spend }) };
  const runner = createGoldenRunner({
    runs: createRunsRepo({ database }),
    trials,
    ask: createAskGolden(asking),
    askTrial: createAskTrial(asking),
    aiConfigured,
    planOf,
    gotWorse: createTellWorse({ database, notices, origin }),
    logger,
  });
  return {
    // A trial's page first: its word would be taken for a question's id.
    routes: [
      trialsRoutes({ trials: tried, aiConfigured, limits, loadBot }),
      qualityRoutes({ quality, aiConfigured, limits, loadBot }),
    ],
    jobs: runner,
    api: { quality },
  };
}

export type { QualityService } from './quality.service.ts';
