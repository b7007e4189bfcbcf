import { join } from 'node:path';
import type { Express } from 'express';
import nunjucks from 'nunjucks';
import { asset } from './assets.ts';

const VIEWS = join(import.meta.dirname, '../../views');

/** Nunjucks over views/, escaping everything. Templates come from these files only, never from data. */
export function createViews({ fresh = false }: { fresh?: boolean } = {}): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader(VIEWS, { noCache: fresh });
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: false,
    trimBlocks: true,
    lstripBlocks: true,
  });
  environment.addGlobal('asset', asset);
  return environment;
}

/** Makes `res.render('feature/action')` show views/feature/action.njk. */
export function useViews(app: Pick<Express, 'set'>, environment: nunjucks.Environment): void {
  environment.express(app);
  app.set('view engine', 'njk');
}
