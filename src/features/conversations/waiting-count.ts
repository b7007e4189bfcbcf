import type { RequestHandler } from 'express';
import type { Database } from '#platform/db/database.ts';

// The navigation shows no larger number, and the database counts no further.
const COUNT_CAP = 100;

export function waitingCount({ database: { prisma } }: { database: Database }): RequestHandler {
  return async (req, res, next) => {
    if (req.method === 'GET' && req.user && req.accepts(['html', 'json']) === 'html') {
      res.locals['waitingCount'] = await prisma.conversation.count({
        where: { tenantId: req.user.tenant.id, needsPersonAt: { not: null }, connectionId: { not: null } },
        orderBy: { needsPersonAt: 'asc' },
        take: COUNT_CAP,
      });
    }
    next();
  };
}
