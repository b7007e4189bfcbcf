import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the browser may fetch as it lies there. */
export const PUBLIC_DIR = join(import.meta.dirname, '../../public');
/** The one stylesheet of every page; put together by `stylesheet`. */
export const STYLESHEET_PATH = '/assets/app.css';
/** Fonts and scripts of npm packages. The package's version is in their address, so that a browser may keep them for good. */
export const VENDORED = [
  vendored('inter', '@fontsource-variable/inter', 'files'),
  vendored('fontawesome', '@fortawesome/fontawesome-free', 'webfonts'),
  vendored('chartjs', 'chart.js', 'dist'),
];

const VENDOR_STYLES = [
  '@fontsource-variable/inter/index.css',
  '@fortawesome/fontawesome-free/css/fontawesome.min.css',
  '@fortawesome/fontawesome-free/css/solid.min.css',
  '@fortawesome/fontawesome-free/css/brands.min.css',
];
/** Files of public/css in this order: the later wins. */
const OWN_STYLES = [
  ...[
    'tokens',
    'base',
    'layout',
    'button',
    'form',
    'panel',
    'list',
    'status',
    'notice',
    'empty',
    'stat',
    'steps',
    'tabs',
    'chat',
  ],
  ...['fold', 'conversations', 'broadcasts', 'charts', 'trail', 'landing'],
];
const HASH_CHARS = 12;
const FRESH_FOR_MS = 1_000;
const cache = new Map<string, string>();

/** The `asset` of the views. `fresh` looks at the files again every second (development); else each is read once. */
export function createAssets({ fresh = false }: { fresh?: boolean } = {}): (path: string) => string {
  let lookedAt = Date.now();
  return (path) => {
    if (fresh && Date.now() - lookedAt > FRESH_FOR_MS) {
      cache.clear();
      lookedAt = Date.now();
    }
    return assetUrl(path);
  };
}

/** The address of a file with its content's hash (or its package's version), which browsers may keep for ever. */
export function assetUrl(path: string): string {
  const vendor = VENDORED.find(({ name }) => path.startsWith(`/assets/vendor/${name}/`));
  if (vendor) return `${vendor.url}/${posix.basename(path)}`;
  const hash = contentHash(path);
  return hash ? `${path}?v=${hash}` : path;
}

/** Changes with the content of the file; '' when there is none, which then shows up as a 404. */
export function contentHash(path: string): string {
  return remember(`hash ${path}`, () => {
    const file = join(PUBLIC_DIR, path);
    if (path !== STYLESHEET_PATH && !existsSync(file)) return '';
    const content = path === STYLESHEET_PATH ? stylesheet() : readFileSync(file);
    return createHash('sha256').update(content).digest('base64url').slice(0, HASH_CHARS);
  });
}

/** Bootstrap, the fonts and public/css as one file: one request instead of twenty, without a build step. */
export function stylesheet(): string {
  return remember('stylesheet', () => {
    const own = OWN_STYLES.map((name) => readFileSync(join(PUBLIC_DIR, `css/${name}.css`), 'utf8'));
    const bootstrap = readPackageFile('bootstrap/dist/css/bootstrap.min.css').replace(/@charset [^;]+;/, '');
    // In a layer Bootstrap loses against our rules whatever their specificity.
    return [`@layer vendor {${bootstrap}}`, ...VENDOR_STYLES.map(readPackageFile).map(withVendoredUrls), ...own].join('\n');
  });
}

function withVendoredUrls(css: string): string {
  return css.replace(/url\([^)]*?\b(files|webfonts)\/([^)"']+)["']?\)/g, (_whole, folder: string, file: string) => {
    const vendor = VENDORED.find(({ dir }) => dir.endsWith(folder));
    return `url(${vendor?.url}/${file})`;
  });
}

function vendored(name: string, packageName: string, folder: string) {
  const packageDir = join(import.meta.dirname, '../../node_modules', packageName);
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return { name, dir: join(packageDir, folder), url: `/assets/vendor/${name}/${version}` };
}

function readPackageFile(file: string): string {
  return readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8').replace(/\/\*# sourceMappingURL=.*?\*\//, '');
}

function remember(key: string, make: () => string): string {
  const value = cache.get(key) ?? make();
  cache.set(key, value);
  return value;
}
