// S55 to S58 (token leak, database theft, key rotation, echoed secrets): a stolen database, row or old key is worthless.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnv } from '../../src/env.ts';
import { createConnectionSecrets } from '../../src/features/connections/connection-secrets.ts';
import { createReseal } from '../../src/features/connections/reseal-connections.ts';
import { createSealer } from '../../src/platform/crypto/seal.ts';
import { aToken } from '../support/owner.ts';
import { silent } from '../support/pipeline.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';
import type { RawClient } from './raw-client.ts';
import { type Things, twoTenants, type World } from './two-tenants.ts';

const [OLD, NEW, LOST] = ['old-'.repeat(10), 'new-'.repeat(10), 'lost'.repeat(10)];
const secretsOf = (...keys: string[]) => createConnectionSecrets({ sealer: createSealer(keys) });

let telegram: TelegramEmulator;
let bot: BotState;
let world: World;
let owner: RawClient & { things: Things };
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  bot = telegram.addBot({ token: aToken(710_000_001) });
  world = await twoTenants({ ENCRYPTION_KEY: OLD, TELEGRAM_API_ROOT: telegram.url });
  owner = await world.owner();
  const form = { platform: 'telegram', telegramToken: bot.token };
  const added = await owner.submit(`/bots/${owner.things.otherBot}/connections`, form);
  if (added.status !== 303) throw new Error(`connecting answered ${added.status}`);
});
afterAll(async () => {
  await world.close();
  await telegram.close();
});

interface Row {
  id: string;
  tenantId: string;
  sealedSecrets: string;
}

async function connected(): Promise<Row> {
  const { rows } = await world.sql.query<Row>(
    `SELECT id, tenant_id AS "tenantId", sealed_secrets AS "sealedSecrets" FROM connections WHERE bot_id = $1`,
    [owner.things.otherBot],
  );
  return rows[0] as Row;
}

test('no row of any table holds the token, and no page shows more than its end', async () => {
  const { rows: tables } = await world.sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
  );
  const key = bot.token.split(':')[1] as string;
  for (const { name } of tables) {
    const { rows } = await world.sql.query<{ n: number }>(
      `SELECT count(*) AS n FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`,
      [key],
    );
    expect([name, rows[0]?.n]).toEqual([name, 0]);
  }
  const { otherBot } = owner.things;
  const again = await owner.submit(`/bots/${otherBot}/connections`, { platform: 'telegram', telegramToken: bot.token });
  for (const { text } of [await owner.get(`/bots/${otherBot}`), await owner.get('/bots'), await owner.get('/dashboard'), again]) {
    expect(text).not.toContain(key.slice(0, 8));
  }
  expect(again.status).toBe(422);
});

test.each([
  ['another row', { id: '01890000-0000-7000-8000-000000000001' }],
  ['another business', { tenantId: '01890000-0000-7000-8000-000000000002' }],
])('moved to %s, sealed credentials do not open', async (_what, moved) => {
  const row = await connected();
  expect(secretsOf(OLD).openCredentials(row)).toEqual({ telegramToken: bot.token });
  expect(() => secretsOf(OLD).openCredentials({ ...row, ...moved })).toThrow();
});

test('a changed bit, a cut tag or a foreign key opens nothing', async () => {
  const row = await connected();
  const parts = row.sealedSecrets.split(':');
  const flipped = (part: string): string => `${part.startsWith('A') ? 'B' : 'A'}${part.slice(1)}`;
  const broken = [
    ...parts.map((part, at) => parts.with(at, flipped(part)).join(':')),
    parts.with(4, (parts[4] as string).slice(0, 6)).join(':'),
    parts.with(4, '').join(':'),
    parts.slice(0, 3).join(':'),
    '',
    'v1',
  ];
  for (const sealedSecrets of broken) expect(() => secretsOf(OLD).openCredentials({ ...row, sealedSecrets })).toThrow();
  expect(() => secretsOf(LOST).openCredentials(row)).toThrow('a key this installation does not have');
});

test('the same secret is sealed differently each time', async () => {
  const row = await connected();
  const seals = Array.from({ length: 50 }, () => secretsOf(OLD).sealCredentials(row, { a: 'b' }, 'b').sealedSecrets);
  expect(new Set(seals).size).toBe(50);
});

test('with `new,old` everything opens and is sealed again, then the old key can be removed; unknown seals stay', async () => {
  const before = await connected();
  const rotating = secretsOf(NEW, OLD);
  expect(rotating.openCredentials(before)).toEqual({ telegramToken: bot.token });

  const reseal = createReseal({
    database: world.site.container.database,
    secrets: rotating,
    sealer: createSealer([NEW, OLD]),
    logger: silent,
  });
  const both = await Promise.all([reseal(), reseal()]);
  expect(both.reduce((sum, count) => sum + count)).toBe(1);
  expect(await reseal()).toBe(0);

  const after = await connected();
  expect(secretsOf(NEW).openCredentials(after)).toEqual({ telegramToken: bot.token });
  expect(() => secretsOf(OLD).openCredentials(after)).toThrow();
  const { rows } = await world.sql.query('SELECT 1 FROM connections WHERE sealed_secrets = $1', ['v1:x:x:x:x']);
  expect(rows).toHaveLength(1);
});

test('a key of the list that is too short stops the start', () => {
  expect(() => readEnv({ SESSION_SECRET: 's'.repeat(40), META_VERIFY_TOKEN: 'x', ENCRYPTION_KEY: `short,${OLD}` })).toThrow(
    'ENCRYPTION_KEY',
  );
  expect(
    readEnv({ SESSION_SECRET: 's'.repeat(40), META_VERIFY_TOKEN: 'x', ENCRYPTION_KEY: `${NEW}, ${OLD}` }).ENCRYPTION_KEYS,
  ).toEqual([NEW, OLD]);
});

test('a wrong environment names the setting and not its value', () => {
  const secret = 'short-secret';
  for (const name of ['SESSION_SECRET', 'ENCRYPTION_KEY', 'METRICS_TOKEN', 'DATABASE_URL', 'SMTP_URL']) {
    const value = name === 'METRICS_TOKEN' ? 'toosh' : secret;
    const read = (): unknown => readEnv({ META_VERIFY_TOKEN: 'x', [name]: value });
    expect(read).toThrow(name);
    expect(read).not.toThrow(value);
  }
});
