import type { RequestParamHandler } from 'express';
import type { Answering } from '#answering/answering.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { Foundation } from '../../foundation.ts';
import { createPlaygroundQueries } from './playground.queries.ts';
import { playgroundRoutes } from './playground.routes.ts';
import { createPlaygroundService } from './playground.service.ts';

/** The playground: the owner talks to the bot as a customer would. */
export function playgroundFeature(
  { database, limits }: Pick<Foundation, 'database' | 'limits'>,
  { answering, usage, loadBot }: { answering: Answering; usage: UsageService; loadBot: RequestParamHandler },
) {
  const playgrounds = createPlaygroundService({
    playground: createPlaygroundQueries({ database }),
    composer: answering.composer,
    aiConfigured: answering.aiConfigured,
    usage,
    now: database.now,
  });
  return { routes: playgroundRoutes({ playgrounds, limits, loadBot }) };
}
