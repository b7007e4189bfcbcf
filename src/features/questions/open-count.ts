import type { RequestHandler } from 'express';
import type { QuestionsRepo } from './questions.repo.ts';

/** For the navigation: the open questions of each bot, and the bot that has most of them. */
export function openCount({ questions }: { questions: QuestionsRepo }): RequestHandler {
  return async (req, res, next) => {
    if (req.method === 'GET' && req.user && req.accepts(['html', 'json']) === 'html') {
      const counts = await questions.openCounts(req.user.tenant.id);
      const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
      res.locals['openQuestions'] = {
        ofBot: Object.fromEntries(counts),
        total: [...counts.values()].reduce((sum, count) => sum + count, 0),
        href: most && `/bots/${most[0]}/questions`,
      };
    }
    next();
  };
}
