import { join } from 'node:path';
import type { Express } from 'express';
import nunjucks from 'nunjucks';
import { chartRows, drawChart, shareBars } from '#core/draw-chart.ts';
import { wordsOf } from '#core/words/message-parts.ts';
import { styledHtml } from '#core/words/styled-html.ts';
import { withAddresses } from '#core/words/styled-text.ts';
import { createAssets, iconUrl } from './assets.ts';

const VIEWS = join(import.meta.dirname, '../../views');

interface ViewOptions {
  fresh?: boolean;
  globals?: Record<string, unknown>;
}

/** Everything is escaped. Templates come from files only, never from data. */
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
  environment.addGlobal('shown', shown);
  for (const [name, value] of Object.entries({ drawChart, shareBars, chartRows, ...globals })) environment.addGlobal(name, value);
  return environment;
}

export function useViews(app: Pick<Express, 'set'>, environment: nunjucks.Environment): void {
  environment.express(app);
  app.set('view engine', 'njk');
}

/** For links from a variable: only a path of ours, never another scheme or host. */
const ownAddress = (path: unknown): string => (typeof path === 'string' && /^(\/(?![/\\])|[?#])/.test(path) ? path : '#');

/** A message as a customer sees it, by the code that sends it. Links are addresses, so nothing of a model's can be pressed. */
const shown = (text: string, mode: string | null = null): nunjucks.runtime.SafeString =>
  new nunjucks.runtime.SafeString(styledHtml(withAddresses(wordsOf(text, mode))));

/** Icons are decoration; the text beside them has the meaning. Both arguments are names, so nothing needs escaping. */
function iconMarkup(href: string, className: string): nunjucks.runtime.SafeString {
  if (/[^\w -]/.test(className)) throw new Error(`not a class name: ${className}`);
  return new nunjucks.runtime.SafeString(`<svg class="icon ${className}" aria-hidden="true"><use href="${href}"></use></svg>`);
}
