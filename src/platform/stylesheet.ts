import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usedRules } from './used-rules.ts';
import { readPackageFile, VENDORED } from './vendored.ts';

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = 'public/css/app.css';
const IMPORT = /@import "([^"]+)" layer\((\w+)\);/g;
const SET_BY_BOOTSTRAP = ['show', 'showing', 'hiding', 'fade', 'offcanvas-backdrop'];

/** One request instead of twenty, without a build step. */
export function stylesheet(): string {
  const classes = classesInUse();
  const entry = readFileSync(join(ROOT, ENTRY), 'utf8');
  const sheet = entry.replaceAll(IMPORT, (_whole, file: string, layer: string) => {
    const css = file.startsWith('./') ? readFileSync(join(ROOT, 'public/css', file), 'utf8') : readPackageFile(file);
    return `@layer ${layer}{${layer === 'bootstrap' ? usedRules(css, classes) : withVendoredUrls(css)}}`;
  });
  return withoutUnusedVariables(withoutComments(sheet));
}

/** Words in class attributes and scripts. Extra words do no harm. */
function classesInUse(): Set<string> {
  const views = globSync('views/**/*.njk', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const attributes = views.flatMap((view) => view.match(/class="[^"]*"/g) ?? []);
  return new Set([...attributes.join(' ').matchAll(/[a-z][\w-]*/gi)].map(([word]) => word).concat(SET_BY_BOOTSTRAP));
}

/** Bootstrap declares about 150 variables, of which few are used. */
function withoutUnusedVariables(css: string): string {
  const read = new Set([...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  return css.replaceAll(/(--bs-[\w-]+)\s*:[^;{}]*(?:;|(?=\}))/g, (whole, name: string) => (read.has(name) ? whole : ''));
}

const withoutComments = (css: string): string =>
  css.replaceAll(/@charset [^;]+;|\/\*[\s\S]*?\*\//g, '').replaceAll(/\s*\n\s*/g, '\n');

function withVendoredUrls(css: string): string {
  return css.replaceAll(/url\(\.\/files\/([^)"']+)\)/g, (_whole, file: string) => {
    const inter = VENDORED.find(({ name }) => name === 'inter');
    return `url(${inter?.url}/${file})`;
  });
}
