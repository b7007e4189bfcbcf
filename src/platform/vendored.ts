import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MODULES = join(import.meta.dirname, '../../node_modules');

/** The address holds the package's version, so browsers may cache it for ever. */
export const VENDORED = [vendored('inter', '@fontsource-variable/inter', 'files'), vendored('idiomorph', 'idiomorph', 'dist')];

export function readPackageFile(file: string): string {
  return readFileSync(fileURLToPath(import.meta.resolve(file)), 'utf8');
}

/** Works for a package whose exports do not list the folder. */
export function packageFolder(name: string): string {
  return join(NODE_MODULES, name);
}

function vendored(name: string, packageName: string, folder: string) {
  const packageDir = packageFolder(packageName);
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  return { name, dir: join(packageDir, folder), url: `/assets/vendor/${name}/${version}` };
}
