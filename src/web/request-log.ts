import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from '#platform/logger.ts';

declare global {
  namespace Express {
    interface Request {
      id: string;
    }
  }
}

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request with the path only, because queries and reset links hold secrets. */
export function requestLog(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const startedMs = performance.now();
    const path = pathToLog(req.path);
    req.id = randomUUID();
    res.once('close', () => {
      const line = {
        id: req.id,
        method: req.method,
        path,
        status: res.statusCode,
        ms: Math.round(performance.now() - startedMs),
        ...(req.user && { tenantId: req.user.tenant.id }),
        ...(!res.writableFinished && { aborted: true }),
      };
      if (PROBES.has(path)) logger.debug(line, 'request');
      else logger.info(line, 'request');
    });
    next();
  };
}

const pathToLog = (path: string): string =>
  path.replace(/^(\/(?:reset-password|confirm-email|invitations))\/.*/i, '$1/…').slice(0, 300);
