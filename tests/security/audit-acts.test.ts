// S65 (no trace of abuse): actions that audit-coverage cannot send are logged with the actor and without secrets.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../support/app.ts';
import { aToken, makeBot, newOwner } from '../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';

let site: TestApp;
let telegram: TelegramEmulator;
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  site = await testApp({ TELEGRAM_API_ROOT: telegram.url });
});
afterAll(async () => {
  await site.close();
  await telegram.close();
});

interface Line {
  action: string;
  kind: string;
  person: boolean;
  details: string;
}
const linesOf = async (tenantId: string, like: string): Promise<Line[]> =>
  (
    await site.sql.query<Line & Record<string, unknown>>(
      `SELECT action, actor_kind AS kind, actor_id IS NOT NULL AS person, coalesce(details::text, '') AS details
       FROM audit_lines WHERE tenant_id = $1 AND action LIKE $2 ORDER BY id`,
      [tenantId, like],
    )
  ).rows;

async function upload(agent: Agent, content: Buffer): Promise<number> {
  const { text } = await agent.get('/subscription');
  let sent = agent.post('/subscription/upgrade');
  const fields = { _csrf: csrfOf(text), plan: 'BASIC', months: '3', note: 'Paid' };
  for (const [name, value] of Object.entries(fields)) sent = sent.field(name, value);
  return (await sent.attach('receipt', content, 'receipt.png')).status;
}

test('entering, changing, starting, stopping and deleting a connection is logged without the token', async () => {
  const { agent, tenantId } = await newOwner(site);
  const path = await makeBot(agent);
  const tokens = [730_000_001, 730_000_002].map((id) => telegram.addBot({ token: aToken(id) }).token);
  expect(
    (await postForm(agent, `${path}/connections`, { platform: 'telegram', telegramToken: tokens[0] ?? '' }, path)).status,
  ).toBe(303);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE tenant_id = $1', [tenantId]);
  const own = `${path}/connections/${rows[0]?.id}`;
  expect((await postForm(agent, own, { telegramToken: tokens[1] ?? '' }, path)).status).toBe(303);
  for (const act of ['stop', 'start', 'delete']) expect((await postForm(agent, `${own}/${act}`, {}, path)).status).toBe(303);

  const lines = await linesOf(tenantId, 'connection.%');
  expect(lines.map(({ action }) => action)).toEqual([
    'connection.created',
    'connection.credentials_changed',
    'connection.stopped',
    'connection.started',
    'connection.deleted',
  ]);
  expect(lines.filter(({ kind, person }) => kind !== 'owner' || !person)).toEqual([]);
  for (const token of tokens) expect(lines.map(({ details }) => details).join()).not.toContain(token.split(':')[1]);
});

test('a plan request and a password reset are logged', async () => {
  const { agent, tenantId, email } = await newOwner(site);
  expect(await upload(agent, Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100)]))).toBe(303);
  expect((await linesOf(tenantId, 'upgrade.%')).map(({ action, kind }) => [action, kind])).toEqual([['upgrade.asked', 'owner']]);

  await postForm(site.agent(), '/forgot-password', { email });
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  const link = new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://none').pathname;
  expect((await postForm(site.agent(), link, { password: 'quiet river under snow' }, link)).status).toBe(303);
  const { rows } = await site.sql.query<{ action: string; details: string }>(
    "SELECT action, coalesce(details::text, '') AS details FROM audit_lines WHERE action LIKE 'password.%' ORDER BY id",
  );
  expect(rows.map(({ action }) => action)).toEqual(['password.reset_requested', 'password.reset']);
  expect(rows.map(({ details }) => details).join()).not.toMatch(/river|reset-password|@/);
});

test('an export and an erased customer are logged', async () => {
  const { agent, tenantId } = await newOwner(site);
  expect((await postForm(agent, '/account/export', {}, '/account')).status).toBe(200);
  expect((await linesOf(tenantId, 'tenant.%')).map(({ action }) => action)).toContain('tenant.exported');
});
