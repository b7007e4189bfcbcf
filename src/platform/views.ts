import { join } from 'node:path';
import type { Express } from 'express';
import nunjucks from 'nunjucks';
import { createAssets, iconUrl } from './assets.ts';

const VIEWS = join(import.meta.dirname, '../../views');

interface ViewOptions {
  fresh?: boolean;
  /** Names that every view and macro may use. */
  globals?: Record<string, unknown>;
}

/** Nunjucks over views/, escaping everything. Templates come from these files only, never from data. */
export function createViews({ fresh = false, globals = {} }: ViewOptions = {}): nunjucks.Environment {
  const loader = new nunjucks.FileSystemLoader(VIEWS, { noCache: fresh });
  const environment = new nunjucks.Environment(loader, {
    autoescape: true,
    throwOnUndefined: false,
    trimBlocks: true,
    lstripBlocks: true,
  });
  const asset = createAssets({ fresh });
  environment.addGlobal('asset', asset);
  environment.addGlobal('icon', (name: string, className = '') => iconMarkup(iconUrl(name, asset), className));
  environment.addGlobal('url', ownAddress);
  for (const [name, value] of Object.entries(globals)) environment.addGlobal(name, value);
  return environment;
}

/** Makes `res.render('feature/action')` show views/feature/action.njk. */
export function useViews(app: Pick<Express, 'set'>, environment: nunjucks.Environment): void {
  environment.express(app);
  app.set('view engine', 'njk');
}

/** For links that come from a variable: a path of ours, or nothing. Never another scheme or host. */
const ownAddress = (path: unknown): string => (typeof path === 'string' && /^(\/(?![/\\])|[?#])/.test(path) ? path : '#');

/** An icon is decoration: the words beside it carry the meaning. Both arguments are names, so nothing needs escaping. */
function iconMarkup(href: string, className: string): nunjucks.runtime.SafeString {
  if (/[^\w -]/.test(className)) throw new Error(`not a class name: ${className}`);
  return new nunjucks.runtime.SafeString(`<svg class="icon ${className}" aria-hidden="true"><use href="${href}"></use></svg>`);
}
