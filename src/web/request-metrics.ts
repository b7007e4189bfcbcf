import type { RequestHandler } from 'express';

const PROBES = new Set(['/healthz', '/readyz', '/metrics']);
const ASSETS = /^\/(?:(?:assets|css|js|img)\/|favicon\.|robots\.txt$)/;

/** There are few route classes, so visitors cannot create more. */
export function requestMetrics(count: (route: string, status: number) => void): RequestHandler {
  return (req, res, next) => {
    const route = classOf(req.path);
    res.once('finish', () => count(route, res.statusCode));
    next();
  };
}

function classOf(path: string): string {
  if (PROBES.has(path)) return 'probe';
  if (path.startsWith('/webhooks/')) return 'webhook';
  return ASSETS.test(path) ? 'asset' : 'page';
}
