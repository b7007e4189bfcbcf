// Turns on the cache of compiled code before it loads anything else. Without the cache loading takes twice as long.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/botfactory/code'));
await import('#process/start.ts');
