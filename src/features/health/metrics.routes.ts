import { Router } from 'express';
import { isSameSecret } from '#platform/crypto/same-secret.ts';

const BEARER = /^Bearer +(\S+)$/i;

/** Without METRICS_TOKEN there is no such page. */
export function metricsRoutes({
  token,
  metrics,
}: {
  token: string | undefined;
  metrics: { contentType: string; text(): Promise<string> };
}): Router {
  const router = Router();

  router.get('/metrics', async (req, res, next) => {
    if (token === undefined) return next();
    const [, given = ''] = BEARER.exec(req.get('authorization') ?? '') ?? [];
    if (!isSameSecret(given, token)) {
      res.status(401).set('WWW-Authenticate', 'Bearer').type('text').send('unauthorized');
      return;
    }
    res.set({ 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).send(await metrics.text());
  });

  return router;
}
