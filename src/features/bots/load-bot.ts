import type { RequestParamHandler } from 'express';
import { tenantOf } from '#web/guards.ts';
import type { Bot } from './bots.queries.ts';
import type { BotsService } from './bots.service.ts';

/** `router.param('id', …)`: puts the tenant's bot in `res.locals.bot`, or answers 404 first. */
export function createLoadBot({ bots }: { bots: Pick<BotsService, 'find'> }): RequestParamHandler {
  return async (req, res, next, id: unknown) => {
    res.locals['bot'] = await bots.find(tenantOf(req).id, id);
    next();
  };
}

export const botOf = (res: { locals: Record<string, unknown> }): Bot => res.locals['bot'] as Bot;
