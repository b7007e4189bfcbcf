import { extname } from 'node:path';
import compression from 'compression';
import express, { type Request, type Response, Router } from 'express';
import { contentHash, GENERATED_PATHS, generated, PUBLIC_DIR } from '#platform/assets.ts';
import { VENDORED } from '#platform/vendored.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
const CHECKED = 'public, max-age=300, must-revalidate';

/** Mounted before sessions, which assets do not need. */
export function assets(): Router {
  const router = Router();
  router.use(compression());

  for (const path of GENERATED_PATHS) {
    router.get(path, (req, res) => {
      res.set('Cache-Control', cacheControl(req, path)).type(extname(path)).send(generated(path));
    });
  }

  for (const { url, dir } of VENDORED) {
    router.use(url, express.static(dir, { index: false, fallthrough: false, immutable: true, maxAge: '365d' }));
  }

  router.use(express.static(PUBLIC_DIR, { index: false, redirect: false, cacheControl: false, setHeaders: setCaching }));
  return router;
}

function setCaching(res: Response): void {
  res.set('Cache-Control', cacheControl(res.req, res.req.path));
}

/** The content at an address with the right hash never changes. */
function cacheControl(req: Request, path: string): string {
  return req.query['v'] === contentHash(path) ? FOR_EVER : CHECKED;
}
