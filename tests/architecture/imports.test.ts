import { expect, test } from 'vitest';
import { type Import, importsOf, sourceFiles, textOf } from '../support/source-tree.ts';

const files = sourceFiles();
const imports = files.flatMap(importsOf);
const atRunTime = imports.filter((found) => !found.typeOnly);
const describe = (found: Import): string => `${found.from} imports ${found.specifier}`;

/** The part of the source a file belongs to: its folder, features/<noun>, or 'root' for the files that put all together. */
function partOf(path: string): string {
  const [, folder = '', noun = ''] = path.split('/');
  if (path === 'src/env.ts') return 'env';
  if (folder.endsWith('.ts') || folder === 'process' || folder === 'cli') return 'root';
  return folder === 'features' ? `features/${noun}` : folder;
}

// Who may import whom at run time, besides its own part. Root files (container, app, main, …) may import anything.
const ALLOWED: Record<string, string[]> = {
  env: ['core'],
  core: [],
  platform: ['core'],
  web: ['core', 'platform'],
  ai: ['core', 'platform'],
  channels: ['core', 'platform'],
  answering: ['core', 'platform', 'ai', 'channels'],
  pipeline: ['core', 'platform', 'web', 'ai', 'channels', 'answering'],
  features: ['core', 'platform', 'web', 'ai', 'channels', 'answering', 'pipeline', 'features'],
};

function isAllowed(found: Import): boolean {
  const from = partOf(found.from);
  const to = partOf(found.target);
  return from === 'root' || from === to || (ALLOWED[from.split('/')[0] as string] ?? []).includes(to.split('/')[0] as string);
}

// Packages with one owner: each pattern is a place that may import the package, even as a type; of express, handlers elsewhere
// may know the types.
const OWNERS: Record<string, RegExp> = {
  express: /^src\/(app\.ts|web\/|(features|pipeline)\/.*\.(routes|webhook)\.ts|channels\/.*\.webhook\.ts)/,
  grammy: /^src\/channels\/telegram\//,
  '@grammyjs/types': /^src\/channels\/telegram\//,
  '@google/generative-ai': /^src\/ai\/gemini\.client\.ts$/,
  cockatiel: /^src\/(ai\/|platform\/(http-client|db\/retry)\.ts$)/,
  axios: /^src\/platform\/http-client\.ts$/,
  '@prisma/client': /^src\/platform\/db\//,
  '@prisma/adapter-pg': /^src\/platform\/db\//,
  pg: /^src\/platform\//,
  '@electric-sql/pglite': /^src\/platform\/embedded\//,
  'pg-boss': /^src\/platform\/jobs\//,
  ...Object.fromEntries(
    ['@e965/xlsx', 'mammoth', 'unpdf', 'csv-parse', 'linkedom', '@mozilla/readability', 'html-to-text', 'yauzl', 'file-type'].map(
      (name) => [name, /^src\/features\/imports\/reading\//],
    ),
  ),
  passport: /^src\/web\/passport\.ts$/,
  'passport-local': /^src\/web\/passport\.ts$/,
  '@zxcvbn-ts/language-common': /^src\/features\/auth\/leaked-passwords\.ts$/,
  nodemailer: /^src\/platform\/mailer\.ts$/,
  'temporal-polyfill': /^src\/core\/(?:time|opening-hours)\.ts$/,
  pino: /^src\/platform\/logger\.ts$/,
  nunjucks: /^src\/platform\/views\.ts$/,
};

test('every file imports at run time only what the table of the architecture allows', () => {
  expect(atRunTime.filter((found) => found.own && !isAllowed(found)).map(describe)).toEqual([]);
});

test('core is pure: it imports core, zod and temporal-polyfill only, types included', () => {
  const foreign = imports.filter((found) => partOf(found.from) === 'core').filter((found) => partOf(found.target) !== 'core');
  expect(foreign.filter((found) => !['zod', 'temporal-polyfill'].includes(found.target)).map(describe)).toEqual([]);
});

// Each part composes itself from the foundation, which it knows as a type only.
const COMPOSES = /^src\/(features\/[a-z]+\/feature|answering\/answering|pipeline\/pipeline|channels\/telegram\/receiving)\.ts$/;

test('only root files import root files', () => {
  const intoRoot = imports
    .filter((found) => found.own && partOf(found.target) === 'root' && partOf(found.from) !== 'root')
    .filter((found) => !(found.target === 'src/foundation.ts' && found.typeOnly && COMPOSES.test(found.from)));
  expect(intoRoot.map(describe)).toEqual([]);
});

test('a feature imports another feature’s feature.ts only', () => {
  const inner = imports.filter((found) => /^src\/features\//.test(found.target) && partOf(found.from) !== 'root');
  const across = inner.filter((found) => partOf(found.from) !== partOf(found.target));
  expect(across.filter((found) => !/\/feature\.ts$/.test(found.target)).map(describe)).toEqual([]);
});

test('every package with an owner is imported by its owner only', () => {
  const counted = imports.filter((found) => !(found.target === 'express' && found.typeOnly));
  const stray = counted.filter((found) => !found.own && OWNERS[found.target] && !OWNERS[found.target]?.test(found.from));
  expect(stray.map(describe)).toEqual([]);
});

// S46, S47: whatever asks a foreign server goes through one of these, and each has a test of what it refuses to ask.
const CALLERS: Record<string, RegExp> = {
  'node:http': /^src\/(process\/(serve|listen)\.ts|platform\/http-client\.ts)$/,
  'node:https': /^src\/platform\/http-client\.ts$/,
  // platform/servers serves `npm run doctor`, whose addresses are the operator's own settings.
  'node:net': /^src\/(platform\/(embedded\/|servers\.ts)|web\/(client-address|trusted-proxies)\.ts)/,
  'node:tls': /^src\/platform\/servers\.ts$/,
  'node:http2': /^$/,
  'node:dgram': /^$/,
  undici: /^src\/(ai\/gemini-fetch|channels\/telegram\/telegram\.api|platform\/public-fetch)\.ts$/,
};

test('only the listed callers open connections, and nobody uses global fetch', () => {
  const own = atRunTime.filter((found) => CALLERS[found.specifier] && !CALLERS[found.specifier]?.test(found.from));
  const fetching = files.filter(
    ({ path, text }) => /(?<![.\w])fetch\(|\b(?:WebSocket|EventSource)\(/.test(withoutComments(text)) && path !== FILE_SERVER,
  );
  expect([...own.map(describe), ...fetching.map(({ path }) => path)]).toEqual([]);
});

/** Telegram's files: the address is the installation's own, redirects are refused (tests/channels/telegram). */
const FILE_SERVER = 'src/channels/telegram/telegram.media.ts';
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');

test("Prisma's generated client is used in platform/db, repositories and read models only", () => {
  const clients = atRunTime.filter((found) => found.target.startsWith('src/platform/db/generated'));
  expect(clients.filter((found) => !/^src\/platform\/db\/|\.(repo|read)\.ts$/.test(found.from)).map(describe)).toEqual([]);
});

test('imports form no cycle, type imports included', () => {
  const edges = new Map<string, string[]>();
  for (const { from, target, own } of imports) if (own) edges.set(from, [...(edges.get(from) ?? []), target]);
  expect(files.map((file) => cycleFrom(file.path, edges)).filter((cycle) => cycle.length > 0)).toEqual([]);
});

test('every imported package is a dependency of its own in package.json', () => {
  const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
  const external = atRunTime.filter((found) => !found.own && !found.specifier.startsWith('node:'));
  expect(external.filter((found) => !dependencies[found.target]).map(describe)).toEqual([]);
});

/** A way from `start` back to itself, or []. */
function cycleFrom(start: string, edges: Map<string, string[]>): string[] {
  const seen = new Set<string>();
  const queue = (edges.get(start) ?? []).map((target) => [start, target]);
  for (let path = queue.shift(); path; path = queue.shift()) {
    const last = path.at(-1) as string;
    if (last === start) return path;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const target of edges.get(last) ?? []) queue.push([...path, target]);
  }
  return [];
}
