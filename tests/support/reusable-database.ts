import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedDatabase, openEmbedded } from '../../src/platform/embedded/embedded-database.ts';
import { runFolder, SNAPSHOT } from './test-database.ts';

export interface ReusableDatabase {
  embedded: EmbeddedDatabase;
  /** Deletes all rows. False when that cannot be: somebody is still in a transaction, or the tables were changed. */
  empty(): Promise<boolean>;
}

const EMPTY_LIMIT_MS = 20_000;

/** The databases of this worker that no file uses now. Kept where a reload of this module does not lose them. */
const worker = globalThis as { idleTestDatabases?: ReusableDatabase[] };
worker.idleTestDatabases ??= [];
export const idle = worker.idleTestDatabases;

export async function openReusable(): Promise<ReusableDatabase> {
  const dir = await mkdtemp(join(runFolder(), 'database-'));
  const embedded = await openEmbedded(dir, { volatile: true, snapshotPath: SNAPSHOT });
  const { shape, queues } = await asked(embedded, (client) => look(client));
  return {
    embedded,
    async empty() {
      const limit = new Promise<false>((resolve) => setTimeout(resolve, EMPTY_LIMIT_MS, false).unref());
      const emptied = asked(embedded, async (client) => {
        await client.query(EMPTY);
        await client.query('INSERT INTO pgboss.queue SELECT * FROM json_populate_recordset(NULL::pgboss.queue, $1)', [queues]);
        await client.query('RESET ALL; UNLISTEN *');
        return (await look(client)).shape === shape;
      });
      return Promise.race([emptied, limit]).catch(() => false);
    },
  };
}

async function asked<T>({ connection }: EmbeddedDatabase, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  await client.connect();
  return ask(client).finally(() => client.end());
}

/** What tables, columns, indexes, triggers and functions there are, and the rows the queue's own tables begin with. */
async function look(client: pg.Client): Promise<{ shape: string; queues: string }> {
  const { rows } = await client.query<{ shape: string; queues: string }>(`
    SELECT
      concat_ws(' ',
        (SELECT count(*) || ' ' || coalesce(sum(relnatts), 0) FROM pg_class),
        (SELECT count(*) FROM pg_trigger),
        (SELECT count(*) FROM pg_constraint),
        (SELECT count(*) FROM pg_proc),
        (SELECT count(*) FROM pg_statistic)) AS shape,
      (SELECT json_agg(queue)::text FROM pgboss.queue) AS queues`);
  return rows[0] as { shape: string; queues: string };
}

// Foreign keys are not looked at, so the order does not matter. DELETE is far quicker than TRUNCATE for few rows.
const EMPTY = `
  SET session_replication_role = replica;
  DO $$
  DECLARE
    name text;
  BEGIN
    FOR name IN
      SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
      WHERE schemaname IN ('public', 'pgboss') AND tablename NOT IN ('_prisma_migrations', 'version')
    LOOP
      IF pg_relation_size(name) > 1000000 THEN
        EXECUTE 'TRUNCATE ' || name || ' CASCADE';
      ELSE
        EXECUTE 'DELETE FROM ' || name;
      END IF;
    END LOOP;
    FOR name IN SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname IN ('public', 'pgboss')
    LOOP
      EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
    END LOOP;
  END
  $$`;
