import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { openEmbedded } from '../../../src/platform/embedded/embedded-database.ts';
import { runFolder, SNAPSHOT } from '../../support/test-database.ts';

const MB = 1_000_000;

test('an answer of the embedded database takes no memory once it was sent', async () => {
  const embedded = await openEmbedded(await mkdtemp(join(runFolder(), 'answers-')), { volatile: true, snapshotPath: SNAPSHOT });
  const client = new pg.Client(embedded.connection);
  await client.connect();
  const askMegabytes = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await client.query("SELECT repeat('x', $1::int)", [MB]);
  };

  await askMegabytes(30);
  const before = process.memoryUsage.rss();
  await askMegabytes(250);
  expect((process.memoryUsage.rss() - before) / MB).toBeLessThan(125);
  await client.end();
  await embedded.close();
});
