import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { addIcon, iconSprite } from './icons.ts';
import { stylesheet } from './stylesheet.ts';
import { VENDORED } from './vendored.ts';

export const PUBLIC_DIR = join(import.meta.dirname, '../../public');
const SPRITE_PATH = '/assets/icons.svg';
const GENERATED: Record<string, () => string> = { '/assets/app.css': stylesheet, [SPRITE_PATH]: iconSprite };
export const GENERATED_PATHS = Object.keys(GENERATED);

const HASH_CHARS = 12;
const FRESH_FOR_MS = 1_000;
const cache = new Map<string, string>();

/** `fresh` (development) reads the files again every second. */
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

/** The address holds the content's hash or the package's version, so browsers may cache it for ever. */
export function assetUrl(path: string): string {
  const vendor = VENDORED.find(({ name }) => path.startsWith(`/assets/vendor/${name}/`));
  if (vendor) return `${vendor.url}/${posix.basename(path)}`;
  const hash = contentHash(path);
  return hash ? `${path}?v=${hash}` : path;
}

/** Throws when Font Awesome has no such icon. */
export function iconUrl(name: string, asset: (path: string) => string): string {
  asset(SPRITE_PATH);
  if (addIcon(name)) for (const key of [SPRITE_PATH, `hash ${SPRITE_PATH}`]) cache.delete(key);
  return `${asset(SPRITE_PATH)}#${name}`;
}

/** Empty when the file is missing; its address then answers 404. */
export function contentHash(path: string): string {
  return remember(`hash ${path}`, () => {
    const file = join(PUBLIC_DIR, path);
    if (!GENERATED[path] && !existsSync(file)) return '';
    const content = GENERATED[path] ? generated(path) : readFileSync(file);
    return createHash('sha256').update(content).digest('base64url').slice(0, HASH_CHARS);
  });
}

export const generated = (path: string): string => remember(path, () => GENERATED[path]?.() ?? '');

function remember(key: string, make: () => string): string {
  const value = cache.get(key) ?? make();
  cache.set(key, value);
  return value;
}
