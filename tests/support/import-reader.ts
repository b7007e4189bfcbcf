// A process that reads imports until it is killed: `node import-reader.ts DATABASE_URL PORT`. The guard lets the one server through.
import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { createContainer } from '../../src/container.ts';
import { readEnv } from '../../src/env.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import { createPublicFetch } from '../../src/platform/public-fetch.ts';

const [url = '', port] = process.argv.slice(2);
const env = readEnv({ NODE_ENV: 'test', ROLE: 'worker', DATA_DIR: tmpdir(), SESSION_SECRET: 's'.repeat(40), DATABASE_URL: url });
const container = await createContainer({
  env,
  opened: { database: openDatabase({ kind: 'postgres', url }, { onError: () => {} }), embedded: null } as never,
  logger: pino({ level: 'silent' }) as never,
  fetchPublic: createPublicFetch({
    resolve: async () => ['127.0.0.1'],
    permits: (address, at) => address === '127.0.0.1' && at === Number(port),
  }),
});
await container.features.imports.runner.start();
