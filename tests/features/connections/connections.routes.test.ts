import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { aToken, idOf, makeBot, newOwner, newShop } from '../../support/owner.ts';
import { faults } from '../../support/telegram-emulator/faults.ts';
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

test('the whole message of @BotFather connects a bot; with two tokens or none it comes back without being shown', async () => {
  const { agent } = await newOwner(site);
  const [token, other] = [newToken(), newToken()];
  const message = (inside: string) =>
    `Done! Congratulations on your new bot.\r\nHTTP API:\r\n${inside}\r\nKeep your token secure`;
  const form = { name: 'B', systemPrompt: 'x', platform: 'telegram' };
  for (const inside of [`${token} ${other}`, 'no token here']) {
    const refused = await postForm(agent, '/bots', { ...form, telegramToken: message(inside) }, '/bots/new');
    expect([refused.status, refused.text.includes('id="telegramToken-error"')]).toEqual([422, true]);
    for (const said of ['Congratulations', token, other]) expect(refused.text).not.toContain(said);
  }
  const made = await postForm(agent, '/bots', { ...form, telegramToken: message(token) }, '/bots/new');
  expect(made.status).toBe(303);
  expect((await agent.get(made.headers['location'] as string)).text).toContain(`•••• ${token.slice(-4)}`);
});

test('a connected bot shows its commands and what it is in three languages; a description of the owner’s own stays', async () => {
  const { agent } = await newOwner(site);
  const [plain, described] = [1, 2].map(() => telegram.addBot({ token: aToken(++lastBotId) }));
  if (!plain || !described) throw new Error('no bots');
  described.profile.description[''] = 'The oldest bakery of the town';
  for (const bot of [plain, described]) expect((await connect(agent, await makeBot(agent), bot.token)).status).toBe(303);
  await telegram.waitFor(() => [plain, described].every((bot) => bot.profile.short_description['uz']), 'the profiles');
  expect(Object.keys(plain.commands).sort()).toEqual(['', 'en', 'ru', 'uz']);
  expect(plain.commands['ru']?.map(({ command, description }) => [command, description])).toContainEqual([
    'human',
    'Позвать сотрудника',
  ]);
  expect(plain.profile.description['uz']).toContain('/human');
  expect(described.profile.description).toEqual({ '': 'The oldest bakery of the town' });
});

test('a bot that may not be described connects all the same', async () => {
  const { agent } = await newOwner(site);
  const bot = telegram.addBot({ token: aToken(++lastBotId) });
  telegram.fault({ botId: bot.id, method: 'setMyCommands', fault: faults.tooMany(3_600) });
  expect((await connect(agent, await makeBot(agent), bot.token)).status).toBe(303);
});

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

test('an account is connected once, and the refusal does not name its owner', async () => {
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

test('without an answer of Telegram the connection is stored and waits', async () => {
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

test("another bot's token is accepted until customers have written", async () => {
  const { agent } = await newOwner(site);
  const path = await makeBot(agent, { telegramToken: newToken() });
  const { id } = await connectionOf(path);
  const edit = (telegramToken: string) => postForm(agent, `${path}/connections/${id}`, { telegramToken }, path);

  expect((await edit(newToken())).status).toBe(303);
  expect((await connectionOf(path)).account).toBe(String(lastBotId));
  await site.sql.query('UPDATE connections SET first_message_at = now() WHERE id = $1', [id]);
  expect((await edit(newToken())).status).toBe(422);
});

test('a failed connection shows the reason and the remedy, and can be started again', async () => {
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

test('deleting a connection deletes its messages and nothing else', async () => {
  const { agent, bot: path, tenantId, botId, connectionId: gone } = await newShop(site);
  const { connectionId: kept } = await below({ tenantId, botId }).withConnection().in(site);
  for (const connectionId of [gone, kept])
    await below({ tenantId, botId, connectionId }).withCustomer().withMessages({ direction: 'in', text: 'hi' }).in(site);
  expect((await postForm(agent, `${path}/connections/${gone}/delete`, {}, path)).status).toBe(303);
  const { rows } = await site.sql.query(
    'SELECT c.connection_id AS id, (SELECT count(*) FROM messages m WHERE m.tenant_id = $1) AS messages FROM conversations c WHERE c.tenant_id = $1',
    [tenantId],
  );
  expect(rows).toEqual([{ id: kept, messages: 1 }]);
});

test('a connection is not reachable through another bot, foreign or own', async () => {
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
