import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './vendored.ts';

const ROOT = join(import.meta.dirname, '../..');
const SVGS = join(packageFolder('@fortawesome/fontawesome-free'), 'svgs');
const NAMED_IN = ['views/**/*.njk', 'src/channels/**/*.channel.ts'];
const NAME = /\bfa-[a-z0-9]+(?:-[a-z0-9]+)*\b/g;
const used = new Set<string>();

export function namedIcons(): string[] {
  const files = NAMED_IN.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
  return [...new Set(files.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(NAME) ?? []))].sort();
}

export function iconSprite(): string {
  for (const name of namedIcons()) used.add(name);
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...used].sort().map(symbolOf).join('')}</svg>`;
}

/** Adds an icon no view names, e.g. of a channel. True when the sprite must be built again. */
export function addIcon(name: string): boolean {
  if (used.has(name)) return false;
  symbolOf(name);
  used.add(name);
  return true;
}

function symbolOf(name: string): string {
  const file = ['solid', 'brands'].map((set) => join(SVGS, set, `${name.slice(3)}.svg`)).find(existsSync);
  if (!file || name.match(NAME)?.[0] !== name) throw new Error(`Font Awesome has no icon ${name}`);
  const svg = readFileSync(file, 'utf8');
  const viewBox = /viewBox="([^"]+)"/.exec(svg)?.[1];
  const paths = [...svg.matchAll(/<path [^>]*?\bd="([^"]+)"/g)].map(([, d]) => `<path d="${d}"/>`);
  return `<symbol id="${name}" viewBox="${viewBox}">${paths.join('')}</symbol>`;
}
