import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { aToken, idOf, makeBot, newOwner } from '../../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

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

const valid = { name: 'Aida', systemPrompt: 'You help.', platform: 'telegram', telegramToken: '' };

const actionsOf = async (tenantId: string): Promise<string[]> =>
  (
    await site.sql.query<{ action: string }>('SELECT action FROM audit_lines WHERE tenant_id = $1 ORDER BY id', [tenantId])
  ).rows.map(({ action }) => action);

test.each([
  ['no name', { name: ' ' }, 'name'],
  ['a name of 81 characters', { name: 'x'.repeat(81) }, 'name'],
  ['no prompt', { systemPrompt: '' }, 'systemPrompt'],
  ['a prompt of 8,001 characters', { systemPrompt: 'x'.repeat(8_001) }, 'systemPrompt'],
  ['a platform there is not', { platform: 'carrier-pigeon' }, 'platform'],
  ['a token of the wrong shape', { telegramToken: '123:abc' }, 'telegramToken'],
  ['a token Telegram does not know', { telegramToken: aToken(111_111_111) }, 'telegramToken'],
])('%s is refused at its field with the input kept', async (_what, fields, field) => {
  const { agent } = await newOwner(site);
  const answer = await postForm(agent, '/bots', { ...valid, ...fields }, '/bots/new');

  expect(answer.status).toBe(422);
  expect(answer.text).toContain(`href="#${field}"`);
  expect(answer.text).toContain(field === 'systemPrompt' ? 'value="Aida"' : 'You help.');
});

test('a field the form does not have is refused', async () => {
  const { agent } = await newOwner(site);
  expect((await postForm(agent, '/bots', { ...valid, tenantId: 'x' }, '/bots/new')).status).toBe(422);
});

test('a refused token is never sent back', async () => {
  const { agent } = await newOwner(site);
  const answer = await postForm(agent, '/bots', { ...valid, telegramToken: aToken(111_111_112) }, '/bots/new');
  expect(answer.text).not.toContain(aToken(111_111_112));
});

test('a bot without a channel can be created, viewed, changed and deleted', async () => {
  const { agent, tenantId } = await newOwner(site);
  const path = await makeBot(agent, { name: 'Oltin <b>Non</b>' });

  expect((await agent.get(path)).text).toContain('Oltin &lt;b&gt;Non&lt;/b&gt;');
  expect((await agent.get('/bots')).text).toContain('Oltin &lt;b&gt;Non');

  const saved = await postForm(agent, path, { name: 'Nova', systemPrompt: 'Be kind.', greeting: 'Salom' }, path);
  expect([saved.status, saved.headers['location']]).toEqual([303, path]);
  expect((await agent.get(path)).text).toContain('Salom');

  const deleted = await postForm(agent, `${path}/delete`, {}, path);
  expect([deleted.status, deleted.headers['location']]).toEqual([303, '/bots']);
  expect((await agent.get(path)).status).toBe(404);
  expect(await actionsOf(tenantId)).toEqual(expect.arrayContaining(['bot.created', 'bot.changed', 'bot.deleted']));
});

test('a form without a greeting keeps the stored one', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent);
  await postForm(agent, path, { name: 'Aida', systemPrompt: 'x', greeting: 'Assalomu alaykum' }, path);
  await postForm(agent, path, { name: 'Aida', systemPrompt: 'y' }, path);
  expect((await agent.get(path)).text).toContain('Assalomu alaykum');
});

test('deleting with a wrong name deletes nothing', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent);
  expect((await postForm(agent, `${path}/delete`, { confirmName: 'Aidaa' }, path)).status).toBe(422);
  expect((await postForm(agent, `${path}/delete`, { confirmName: 'Aida' }, path)).status).toBe(303);
});

test('with a token the bot gets its connection, the token sealed and only its end shown', async () => {
  const { agent, tenantId } = await newOwner(site);
  const bot = telegram.addBot({ token: `710000001:${'B'.repeat(31)}wxyz`, username: 'nova_bot', name: 'Nova' });
  const path = await makeBot(agent, { telegramToken: bot.token });

  const { rows } = await site.sql.query<{ sealed: string; account: string; state: string }>(
    'SELECT sealed_secrets AS sealed, account_id AS account, state FROM connections WHERE bot_id = $1',
    [idOf(path)],
  );
  expect(rows).toMatchObject([{ account: '710000001', state: 'PENDING' }]);
  expect(rows[0]?.sealed).not.toContain('B'.repeat(20));
  const page = (await agent.get(path)).text;
  expect(page).toContain('@nova_bot');
  expect(page).toContain('wxyz');
  expect(page).not.toContain(bot.token);
  const lines = await site.sql.query('SELECT details::text FROM audit_lines WHERE tenant_id = $1', [tenantId]);
  expect(JSON.stringify(lines.rows)).not.toContain('BBBB');
});

test('stopping and starting covers all connections', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: telegram.addBot({ token: aToken(710_000_002) }).token });
  const stateOf = async () =>
    (await site.sql.query('SELECT enabled, state FROM connections WHERE bot_id = $1', [idOf(path)])).rows[0];

  expect((await postForm(agent, `${path}/stop`, {}, path)).status).toBe(303);
  expect(await stateOf()).toEqual({ enabled: false, state: 'INACTIVE' });
  expect((await postForm(agent, `${path}/start`, {}, path)).status).toBe(303);
  expect(await stateOf()).toEqual({ enabled: true, state: 'PENDING' });
});

test('the status reports changes and whether to keep waiting', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: telegram.addBot({ token: aToken(710_000_003) }).token });
  const before = (await agent.get(`${path}/status`)).body;
  expect(before).toMatchObject({ waiting: true });

  await site.sql.query("UPDATE connections SET state = 'ACTIVE', first_message_at = now() WHERE bot_id = $1", [idOf(path)]);
  const after = (await agent.get(`${path}/status`)).body;
  expect(after.waiting).toBe(false);
  expect(after.version).not.toBe(before.version);
  expect((await agent.get(path)).text).toContain(`data-version="${after.version}"`);
});

test('a visitor is sent to the login page', async () => {
  const path = await makeBot((await newOwner(site)).agent);
  expect((await site.agent().get(path)).headers['location']).toBe(`/login?returnTo=${encodeURIComponent(path)}`);
  expect((await site.agent().get('/bots/new')).status).toBe(303);
});

test("another tenant's bot gives the same 404 as an unknown bot", async () => {
  const path = await makeBot((await newOwner(site)).agent);
  const { agent } = await newOwner(site);
  // The first page after registration has a greeting.
  await agent.get('/dashboard');
  const missing = await agent.get('/bots/0190a000-0000-7000-8000-000000000000');
  const plain = (html: string): string => html.replaceAll(/value="[^"]*"/g, '');

  expect(missing.status).toBe(404);
  expect(plain((await agent.get(path)).text)).toBe(
    plain(missing.text).replaceAll('0190a000-0000-7000-8000-000000000000', idOf(path)),
  );
  expect((await agent.get('/bots/not-an-id')).status).toBe(404);
  for (const act of ['', '/start', '/stop', '/delete']) {
    expect((await postForm(agent, `${path}${act}`, { name: '' }, '/bots/new')).status).toBe(404);
  }
  expect((await agent.get('/bots')).text).not.toContain(idOf(path));
});

test('an operator can view a bot and change nothing', async () => {
  const { agent, tenantId } = await newOwner(site);
  const path = await makeBot(agent);
  await site.sql.query("UPDATE memberships SET role = 'operator' WHERE tenant_id = $1", [tenantId]);
  expect((await agent.get(path)).status).toBe(200);
  expect((await postForm(agent, `${path}/delete`, {}, path)).status).toBe(403);
});
