import type { RequestParamHandler } from 'express';
import type { Answering } from '#answering/answering.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createPlaygroundQueries } from './playground.queries.ts';
import { playgroundRoutes } from './playground.routes.ts';
import { createPlaygroundService } from './playground.service.ts';

/** The playground: the owner talks to the bot as a customer would. */
export function playgroundFeature(
  { env, database, limits }: Pick<Foundation, 'env' | 'database' | 'limits'>,
  { answering, usage, loadBot }: { answering: Answering; usage: UsageService; loadBot: RequestParamHandler },
) {
  const playgrounds = createPlaygroundService({
    playground: createPlaygroundQueries({ database }),
    composer: answering.composer,
    sentence: answering.sentence,
    aiConfigured: answering.aiConfigured,
    usage,
  });
  return {
    routes: playgroundRoutes({ playgrounds, limits, loadBot, usdUzs: env.USD_UZS }),
    api: { answerNow: playgrounds.answerNow },
  };
}

export type PlaygroundApi = ReturnType<typeof playgroundFeature>['api'];
