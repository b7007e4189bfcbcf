import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** The environment of a worker thread: it has no compile cache unless told, and needs nothing else. */
export function threadEnvironment(): Record<string, string> {
  const folder = getCompileCacheDir();
  return folder ? { NODE_COMPILE_CACHE: dirname(folder) } : {};
}
