// S06, S12, S13, R50: many at once for what only one may have, and work on what somebody deletes meanwhile. Proven on Postgres;
// the embedded database has one connection and takes turns by itself.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAdminsRepo } from '../../src/features/operators/admins.repo.ts';
import { PASSWORD } from '../support/app.ts';
import { aToken } from '../support/owner.ts';
import { rounds } from '../support/soak.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';
import { twoTenants, type World } from './two-tenants.ts';

let telegram: TelegramEmulator;
let world: World;
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  world = await twoTenants({ TELEGRAM_API_ROOT: telegram.url });
});
afterAll(async () => {
  await world.close();
  await telegram.close();
});

type Owner = Awaited<ReturnType<World['owner']>>;
const several = (count: number): Promise<Owner[]> => Promise.all(Array.from({ length: count }, () => world.owner()));
const tally = (statuses: number[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

/** Sends all forms at the same moment; the tokens are fetched before. */
async function atOnce(sendings: { client: Owner; path: string; fields: Record<string, string> }[]): Promise<number[]> {
  const tokens = new Map<Owner, string>();
  for (const { client } of sendings) tokens.set(client, tokens.get(client) ?? (await client.token()));
  const answers = sendings.map(({ client, path, fields }) =>
    client.form(path, { _csrf: tokens.get(client) as string, ...fields }),
  );
  return (await Promise.all(answers)).map(({ status }) => status);
}

test('of eight people who take one username at once one succeeds', async () => {
  const people = await several(8);
  const fieldsOf = ({ username }: Owner) => ({ username: 'the.one', email: `${username}@example.com`, language: 'en' });
  const sendings = people.map((client) => ({ client, path: '/account', fields: fieldsOf(client) }));
  expect(tally(await atOnce(sendings))).toEqual({ 303: 1, 422: 7 });
});

test('of people who confirm one e-mail at once one succeeds', async () => {
  const email = 'the.one@example.com';
  const people = await several(3);
  for (const client of people) await client.submit('/account', { username: client.username, email, language: 'en' });
  const links = (await world.site.mails()).flatMap(({ text }) => /\/confirm-email\/\S+/.exec(text)?.[0] ?? []);
  const sendings = people.map((client, i) => ({ client, path: links[i] as string, fields: {} }));
  expect(tally(await atOnce(sendings))).toEqual({ 303: 1, 410: 2 });
  expect((await world.sql.query('SELECT 1 FROM users WHERE email = $1', [email])).rowCount).toBe(1);
});

test('of eight businesses that connect one Telegram bot at once one succeeds', async () => {
  const { token } = telegram.addBot({ token: aToken(720_000_001) });
  const sendings = (await several(8)).map((client) => ({
    client,
    path: '/bots',
    fields: { name: 'Mine', systemPrompt: 'Kind.', platform: 'telegram', telegramToken: token },
  }));
  expect(tally(await atOnce(sendings))).toEqual({ 303: 1, 422: 7 });
  const { rows } = await world.sql.query(
    "SELECT (SELECT count(*) FROM bots WHERE name = 'Mine') AS bots, count(*) AS n FROM connections WHERE account_id = '720000001'",
  );
  expect(rows).toEqual([{ bots: 1, n: 1 }]);
});

test('a password changed twice at once has one of the two new values, and the other session is gone', async () => {
  const client = await world.owner();
  const fields = (n: number) => ({ currentPassword: PASSWORD, password: `nine grey herons at dawn ${n}` });
  const statuses = await atOnce([1, 2].map((n) => ({ client, path: '/account/password', fields: fields(n) })));
  expect(statuses.filter((status) => status === 303)).toHaveLength(1);
  const works = [];
  for (const n of [1, 2]) {
    const { headers } = await world.visitor().submit('/login', { login: client.username, password: fields(n).password });
    works.push(headers.location === '/dashboard');
  }
  expect(works.filter(Boolean)).toHaveLength(1);
});

test('of admins who leave and are revoked at once one remains', async () => {
  await world.sql.query('UPDATE users SET is_admin = false');
  for (let round = 0; round < rounds(4); round++) {
    const admins = await Promise.all([world.owner(), world.owner(), world.owner(), world.owner()]);
    await world.sql.query('UPDATE users SET is_admin = (id = ANY($1::uuid[]))', [admins.map(({ things }) => things.userId)]);
    const repo = createAdminsRepo(world.site.container.database);
    const leaving = atOnce(
      admins.slice(0, 2).map((client) => ({ client, path: '/account/delete', fields: { password: PASSWORD } })),
    );
    const revoked = admins.slice(2).map(({ username }) => repo.revokeAcrossTenants(username));
    const [statuses] = await Promise.all([leaving, ...revoked]);
    expect(statuses.every((status) => status === 303 || status === 422)).toBe(true);
    const { rows } = await world.sql.query<{ n: number }>('SELECT count(*) AS n FROM users WHERE is_admin');
    expect(rows[0]?.n).toBeGreaterThanOrEqual(1);
  }
});

test('forms for a bot under deletion get 404 or succeed, and leave nothing behind', async () => {
  for (let round = 0; round < rounds(5); round++) {
    const client = await world.owner();
    const { bot, entryId, connectionId } = client.things;
    const { token } = telegram.addBot({ token: aToken(721_000_000 + round) });
    const work: [string, Record<string, string>][] = [
      ['/playground', { text: 'Hello' }],
      ['/playground/reset', {}],
      ['/knowledge', { title: 'New', content: 'Words' }],
      [`/knowledge/${entryId}`, { title: 'Changed', content: 'Words' }],
      ['/connections', { platform: 'telegram', telegramToken: token }],
      [`/connections/${connectionId}/stop`, {}],
      ['/start', {}],
      ['', { name: 'Renamed', systemPrompt: 'Kind.' }],
    ];
    const forms = [...work, ['/delete', {}] as const, ...work.slice(0, 5), ['/delete', {}] as const];
    const statuses = await atOnce(forms.map(([path, fields]) => ({ client, path: `/bots/${bot}${path}`, fields })));
    expect(statuses.filter((status) => ![303, 404, 422].includes(status))).toEqual([]);
    expect(await leftOf('bot_id', bot)).toEqual([]);
  }
});

test('an account deleted while its forms arrive leaves nothing behind', async () => {
  for (let round = 0; round < rounds(4); round++) {
    const client = await world.owner();
    const { bot, tenantId, userId } = client.things;
    const forms: [string, Record<string, string>][] = [
      ['/bots', { name: 'Late', systemPrompt: 'Kind.' }],
      [`/bots/${bot}/knowledge`, { title: 'Late', content: 'Words' }],
      [`/bots/${bot}/playground`, { text: 'Late' }],
      ['/account', { username: client.username, email: `${client.username}@example.com`, language: 'ru' }],
      ['/account/delete', { password: PASSWORD }],
      ['/bots', { name: 'Later', systemPrompt: 'Kind.' }],
      [`/bots/${bot}/playground`, { text: 'Later' }],
    ];
    const statuses = await atOnce(forms.map(([path, fields]) => ({ client, path, fields })));
    expect(statuses.filter((status) => ![303, 401, 404, 422].includes(status))).toEqual([]);
    await client.submit('/account/delete', { password: PASSWORD });
    expect(await leftOf('tenant_id', tenantId)).toEqual([]);
    expect(await leftOf('user_id', userId)).toEqual([]);
    expect((await client.get('/dashboard')).status).toBe(303);
  }
});

/** Tables that still have rows of this; the audit trail is meant to. */
async function leftOf(column: string, id: string): Promise<string[]> {
  const { rows: tables } = await world.sql.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = $1 AND table_name <> 'audit_lines'",
    [column],
  );
  const left: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await world.sql.query(`SELECT 1 FROM ${name} WHERE ${column} = $1 LIMIT 1`, [id]);
    if (rowCount) left.push(name);
  }
  return left;
}
