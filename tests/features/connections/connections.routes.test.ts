import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { aToken, idOf, makeBot, newOwner, seedConnection, seedConversation, seedMessage } from '../../support/owner.ts';
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

let lastBotId = 720_000_000;
const newToken = (): string => telegram.addBot({ token: aToken(++lastBotId) }).token;

async function connectionOf(path: string) {
  const { rows } = await site.sql.query<{ id: string; state: string; reason: string | null; sealed: string; account: string }>(
    `SELECT id, state, failure_reason AS reason, sealed_secrets AS sealed, account_id AS account FROM connections
     WHERE bot_id = $1 ORDER BY id DESC LIMIT 1`,
    [idOf(path)],
  );
  return rows[0] as NonNullable<(typeof rows)[0]>;
}

const connect = (agent: Agent, path: string, telegramToken: string) =>
  postForm(agent, `${path}/connections`, { platform: 'telegram', telegramToken }, path);

test.each([
  ['nothing', '', 'telegramToken'],
  ['a token of the wrong shape', 'abc', 'telegramToken'],
  ['a token Telegram does not know', aToken(729_999_999), 'telegramToken'],
])('%s comes back at its field', async (_what, telegramToken, field) => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent);
  const answer = await connect(agent, path, telegramToken);
  expect(answer.status).toBe(422);
  expect(answer.text).toContain(`id="${field}-error"`);
});

test('a bot gets a second connection', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: newToken() });
  expect((await connect(agent, path, newToken())).headers['location']).toBe(path);
  expect((await agent.get(path)).text.match(/data-live=/g)).toHaveLength(2);
});

test('an account is connected once, whoever has it, in words that do not say who', async () => {
  const token = newToken();
  await makeBot((await newOwner(site)).agent, { telegramToken: token });
  const { agent, tenantId } = await newOwner(site);

  const withBot = await postForm(
    agent,
    '/bots',
    { name: 'B', systemPrompt: 'x', platform: 'telegram', telegramToken: token },
    '/bots/new',
  );
  expect(withBot.status).toBe(422);
  expect(withBot.text).toContain('id="telegramToken-error"');
  expect((await site.sql.query('SELECT 1 FROM bots WHERE tenant_id = $1', [tenantId])).rowCount).toBe(0);
  expect((await connect(agent, await makeBot(agent), token)).status).toBe(422);
});

test('while Telegram does not answer, the connection is kept and waits', async () => {
  const { agent } = await newOwner(site);
  const token = newToken();
  telegram.fault({ method: 'getMe', botId: lastBotId, fault: { kind: 'html', status: 502 } });
  const path = await makeBot(agent, { telegramToken: token });

  expect(await connectionOf(path)).toMatchObject({ state: 'PENDING', reason: 'unreachable', account: String(lastBotId) });
  telegram.heal(lastBotId);
});

test('an empty token keeps the stored one; a new one of the same bot replaces it', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: newToken() });
  const before = await connectionOf(path);
  const edit = (telegramToken: string) =>
    postForm(agent, `${path}/connections/${before.id}`, { platform: 'telegram', telegramToken }, path);

  expect((await edit('')).status).toBe(303);
  expect((await connectionOf(path)).sealed).toBe(before.sealed);

  const rotated = telegram.addBot({ token: `${lastBotId}:${'C'.repeat(35)}` }).token;
  expect((await edit(rotated)).status).toBe(303);
  expect((await connectionOf(path)).sealed).not.toBe(before.sealed);
  expect((await edit('wrong')).status).toBe(422);
});

test("another bot's token is taken while nobody has written, and refused afterwards", async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: newToken() });
  const { id } = await connectionOf(path);
  const edit = (telegramToken: string) => postForm(agent, `${path}/connections/${id}`, { telegramToken }, path);

  expect((await edit(newToken())).status).toBe(303);
  expect((await connectionOf(path)).account).toBe(String(lastBotId));
  await site.sql.query('UPDATE connections SET first_message_at = now() WHERE id = $1', [id]);
  expect((await edit(newToken())).status).toBe(422);
});

test('a failed connection shows why and what to do, and starts anew', async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: newToken() });
  const { id } = await connectionOf(path);
  await site.sql.query("UPDATE connections SET state = 'FAILED', failure_reason = 'token_revoked' WHERE id = $1", [id]);
  await postForm(agent, '/language', { language: 'en', returnTo: path }, path);
  expect((await agent.get(path)).text).toContain('The platform no longer accepts the token.');

  expect((await postForm(agent, `${path}/connections/${id}/start`, {}, path)).status).toBe(303);
  expect(await connectionOf(path)).toMatchObject({ state: 'PENDING', reason: null });
  expect((await postForm(agent, `${path}/connections/${id}/stop`, {}, path)).status).toBe(303);
  expect(await connectionOf(path)).toMatchObject({ state: 'INACTIVE' });
});

test('deleting a connection deletes what came through it and nothing else', async () => {
  const { agent, tenantId } = await newOwner(site);
  const path = await makeBot(agent);
  const botId = idOf(path);
  const [gone, kept] = [await seedConnection(site, tenantId, botId), await seedConnection(site, tenantId, botId)];
  for (const connectionId of [gone, kept]) {
    const conversation = await seedConversation(site, { tenantId, botId, connectionId });
    await seedMessage(site, tenantId, conversation, { direction: 'in', text: 'hi' });
  }
  expect((await postForm(agent, `${path}/connections/${gone}/delete`, {}, path)).status).toBe(303);
  const { rows } = await site.sql.query(
    'SELECT c.connection_id AS id, (SELECT count(*) FROM messages m WHERE m.tenant_id = $1) AS messages FROM conversations c WHERE c.tenant_id = $1',
    [tenantId],
  );
  expect(rows).toEqual([{ id: kept, messages: 1 }]);
});

test("nobody reaches a connection through another's bot, nor through another bot of their own", async () => {
  const [victim, other] = [await newOwner(site), await newOwner(site)];
  const path = await makeBot(victim.agent, { telegramToken: newToken() });
  const { id } = await connectionOf(path);
  const [foreign, sibling] = [await makeBot(other.agent), await makeBot(victim.agent)];

  for (const act of ['', '/start', '/stop', '/delete']) {
    expect((await postForm(other.agent, `${path}/connections/${id}${act}`, {}, foreign)).status).toBe(404);
    expect((await postForm(other.agent, `${foreign}/connections/${id}${act}`, {}, foreign)).status).toBe(404);
    expect((await postForm(victim.agent, `${sibling}/connections/${id}${act}`, {}, sibling)).status).toBe(404);
    expect((await postForm(site.agent(), `${path}/connections/${id}${act}`, {}, '/login')).status).toBe(303);
  }
  expect((await connectionOf(path)).state).toBe('PENDING');
});
