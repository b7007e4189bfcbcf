// The web application: middleware in order, then one table of every mounted router.
import express, { type Express } from 'express';
import type { Container } from './container.ts';

/** Builds the Express app over the container's parts; listens to nothing. */
export function createApp(container: Container): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', container.env.TRUST_PROXY);

  app.get('/healthz', (_req, res) => {
    res.type('text').send('ok');
  });
  return app;
}
