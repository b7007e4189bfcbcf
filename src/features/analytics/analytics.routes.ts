import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { DAY_PERIODS } from '#core/analytics-period.ts';
import { actorOf } from '#web/actor.ts';
import { parseForm } from '#web/form.ts';
import { requires, tenantOf } from '#web/guards.ts';
import type { Analytics } from './analytics.service.ts';
import { TABLE_NAMES } from './analytics-tables.ts';
import { sendQuestions, sendTable } from './send-table.ts';

interface Deps {
  analytics: Analytics;
  usdUzs: number;
  loadBot: RequestParamHandler;
}

const exportForm = z.strictObject({
  table: z.enum([...TABLE_NAMES, 'questions']),
  period: z.string().regex(/^(?:\d{1,2}|\d{4}-\d{2})$/),
});

export function analyticsRoutes({ analytics, usdUzs, loadBot }: Deps): Router {
  const router = Router();
  router.param('id', loadBot);
  const whose = (req: Request, res: Response) => ({ tenant: tenantOf(req), botId: res.locals['bot'].id as string });
  const pageOf = async (req: Request, res: Response) => ({
    ...(await analytics.look(whose(req, res), req.query['period'], new Date())),
    dayPeriods: DAY_PERIODS,
    usdUzs,
  });

  router.get('/:id/analytics', async (req, res) => {
    res.render('analytics/index', await pageOf(req, res));
  });

  router.post('/:id/analytics/export', requires('export'), parseForm(exportForm, 'analytics/index', pageOf), async (req, res) => {
    const { table, period } = res.locals.form;
    const of = whose(req, res);
    await analytics.exported(actorOf(req), of.botId, { table, period });
    if (table === 'questions') await sendQuestions(await analytics.questions(of, period, new Date()), period, res);
    else await sendTable((await analytics.tables(of, period, new Date()))[table], period, res);
  });
  return router;
}
