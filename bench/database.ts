// A separate database for the benchmark, seeded with bots whose plan has no reachable limit.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { BAKERY, BAKERY_KNOWLEDGE } from '../prisma/bakery.ts';
import type { Credentials } from '../src/channels/channel.ts';
import type { ChannelKind } from '../src/core/message.ts';
import { createConnectionSecrets } from '../src/features/connections/connection-secrets.ts';
import { newId } from '../src/platform/crypto/ids.ts';
import { createSealer } from '../src/platform/crypto/seal.ts';
import type { Database } from '../src/platform/db/database.ts';
import { openMigrated } from '../src/platform/db/open.ts';
import { nameOf } from './bot-name.ts';

export const ADMIN_URL =
  process.env.BENCH_DATABASE_URL ?? process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const SESSION_SECRET = 'a secret of the benchmark, nobody else has it';

/** A bot with one connection, in its own tenant. */
export interface BenchBot {
  index: number;
  platform: ChannelKind;
  accountId: string;
  displayName: string;
  username: string;
  credentials: Credentials;
  /** The credential that owners enter. */
  secret: string;
}

export interface BenchDatabase {
  env: Record<string, string>;
  /** Process ids of the database's sessions; none for the embedded database, which runs inside the product. */
  sessions(): Promise<number[]>;
  remove(): Promise<void>;
}

export const postgresAnswers = (): Promise<boolean> =>
  asAdmin('SELECT 1').then(
    () => true,
    () => false,
  );

/** A new database with these bots, connected and enabled. */
export async function createBenchDatabase(kind: 'postgres' | 'embedded', bots: BenchBot[]): Promise<BenchDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bf-bench-'));
  const name = `botfactory_bench_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(ADMIN_URL);
  url.pathname = `/${name}`;
  if (kind === 'postgres') await asAdmin(`CREATE DATABASE ${name}`);
  const databaseUrl = kind === 'postgres' ? url.href : undefined;
  const opened = await openMigrated({ databaseUrl, dataDir, onError: () => {} });
  for (const bot of bots) await seedBot(opened.database, bot);
  await opened.database.sql.query('ANALYZE');
  await opened.close();

  return {
    env: { DATA_DIR: dataDir, SESSION_SECRET, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
    async sessions() {
      if (kind === 'embedded') return [];
      const rows = await asAdmin(`SELECT pid FROM pg_stat_activity WHERE datname = '${name}'`);
      return rows.map(({ pid }) => Number(pid));
    },
    async remove() {
      if (kind === 'postgres') await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function seedBot({ sql }: Database, bot: BenchBot): Promise<void> {
  const { index, platform, accountId, displayName, username, credentials, secret } = bot;
  const [tenantId, botId, connectionId] = [newId(), newId(), newId()];
  const { sealedSecrets, secretLast4 } = createConnectionSecrets({ sealer: createSealer([SESSION_SECRET]) }).sealCredentials(
    { id: connectionId, tenantId },
    credentials,
    secret,
  );
  await sql.query('INSERT INTO tenants (id, name) VALUES ($1, $2)', [tenantId, nameOf(index)]);
  await sql.query(
    `INSERT INTO subscriptions (id, tenant_id, type, max_bots, max_messages_per_month)
     VALUES ($1, $2, 'PREMIUM', 100, 1000000000)`,
    [newId(), tenantId],
  );
  await sql.query('INSERT INTO bots (id, tenant_id, name, system_prompt, knowledge_version) VALUES ($1, $2, $3, $4, 1)', [
    botId,
    tenantId,
    nameOf(index),
    BAKERY.bot.systemPrompt,
  ]);
  await sql.query(
    `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, display_name, username,
       sealed_secrets, secret_last4, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'ACTIVE')`,
    [connectionId, tenantId, botId, platform, accountId, displayName, username, sealedSecrets, secretLast4],
  );
  await sql.query(
    `INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content)
     SELECT e.id, $1, $2, e.title, e.content FROM unnest($3::uuid[], $4::text[], $5::text[]) AS e(id, title, content)`,
    [
      tenantId,
      botId,
      BAKERY_KNOWLEDGE.map(() => newId()),
      BAKERY_KNOWLEDGE.map(({ title }) => title),
      BAKERY_KNOWLEDGE.map(({ content }) => content),
    ],
  );
}

async function asAdmin(statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: ADMIN_URL, connectionTimeoutMillis: 2_000 });
  await client.connect();
  return client
    .query(statement)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}
