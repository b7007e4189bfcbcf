// Kind L: a form that is sent twice, at once or one after the other, to one process or to two.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, PASSWORD, postForm, register, type TestApp, testApp } from '../support/app.ts';
import { aToken } from '../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';

let telegram: TelegramEmulator;
let site: TestApp;
let other: Awaited<ReturnType<TestApp['another']>>;
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  site = await testApp({ TELEGRAM_API_ROOT: telegram.url });
  if (process.env['TEST_DATABASE_URL']) other = await site.another();
});
afterAll(async () => {
  await other?.close();
  await site.close();
  await telegram.close();
});

const count = async (from: string): Promise<number> =>
  Number((await site.sql.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`)).rows[0]?.n);

/** The hidden fields of the page's form that goes to `action`. */
async function hiddenOf(agent: Agent, page: string, action: string): Promise<Record<string, string>> {
  const { text } = await agent.get(page);
  const form = text.slice(text.indexOf(`action="${action}" method="post"`));
  const once = /name="_once" value="([^"]+)"/.exec(form.slice(0, form.indexOf('</form>')))?.[1];
  return { _csrf: csrfOf(text), ...(once && { _once: once }) };
}

/** The second browser has the cookies of the first one and speaks to another process. */
function twinOf(agent: Agent): Agent {
  const twin = (other ?? site).agent();
  Object.assign(twin, { jar: (agent as unknown as { jar: object }).jar });
  return twin;
}

async function twice(agent: Agent, action: string, page: string, fields: Record<string, string>) {
  const form = { ...(await hiddenOf(agent, page, action)), ...fields };
  const send = (from: Agent) => from.post(action).type('form').send(form);
  const sent = await Promise.all([send(agent), send(twinOf(agent))]);
  return { sent: [...sent, await send(agent)], form };
}

test('registering twice makes one account, and both answers are signed in', async () => {
  const person = { username: 'twice.one', email: 'twice.one@example.com', password: PASSWORD };
  const [first, second] = [site.agent(), (other ?? site).agent()];
  const sent = await Promise.all([first, second].map((agent) => postForm(agent, '/register', person)));
  expect(sent.map(({ status, headers }) => [status, headers['location']])).toEqual(Array(2).fill([303, '/dashboard']));
  expect((await Promise.all([first, second].map((agent) => agent.get('/dashboard')))).map(({ status }) => status)).toEqual([
    200, 200,
  ]);
  expect(await count("users WHERE username = 'twice.one'")).toBe(1);

  const slow = site.agent();
  const names = { username: 'twice.two', email: 'twice.two@example.com' };
  const form = { ...person, ...names, _csrf: csrfOf((await slow.get('/register')).text) };
  const press = () => slow.post('/register').type('form').send(form);
  const presses = [await press(), await press()];
  expect(presses.map(({ status, headers }) => [status, headers['location']])).toEqual(Array(2).fill([303, '/dashboard']));
  const thief = await postForm(site.agent(), '/register', { ...person, password: 'another long password' });
  expect(thief.status).toBe(422);
});

test('a bot, a connection, an entry and an invitation that are sent twice are made once, and the repeat leads there', async () => {
  const owner = site.agent();
  await register(owner);
  const token = (number: number) => telegram.addBot({ token: aToken(number) }).token;
  const bots = await twice(owner, '/bots', '/bots/new', {
    name: 'Nonvoyxona',
    systemPrompt: 'Siz yordamchisiz.',
    platform: 'telegram',
    telegramToken: token(730_000_001),
  });
  const path = bots.sent[0]?.headers['location'] as string;
  expect(bots.sent.map(({ status, headers }) => [status, headers['location']])).toEqual(Array(3).fill([303, path]));
  expect(await count("bots WHERE name = 'Nonvoyxona'")).toBe(1);

  const entry = await twice(owner, `${path}/knowledge`, `${path}/knowledge`, { title: 'Narxlar', content: 'Non 4 000 soʻm' });
  expect(entry.sent.map(({ status }) => status)).toEqual([303, 303, 303]);
  expect(await count("knowledge_entries WHERE title = 'Narxlar'")).toBe(1);

  const team = await twice(owner, '/account/team/invitations', '/account/team', { email: 'xodim@example.com', role: 'operator' });
  expect(new Set(team.sent.map(({ status, headers }) => `${status} ${headers['location']}`)).size).toBe(1);
  expect(team.sent[0]?.status).toBe(303);
  expect(await count('invitations')).toBe(1);
});

test('the repeat says what the first said: a browser drops the answer to the first press', async () => {
  const owner = site.agent();
  await register(owner);
  const made = await twice(owner, '/bots', '/bots/new', {
    name: 'Xabar',
    systemPrompt: 'Siz yordamchisiz.',
    platform: 'telegram',
    telegramToken: telegram.addBot({ token: aToken(730_000_004) }).token,
  });
  const page = `${made.sent[0]?.headers['location']}/knowledge`;
  const form = { ...(await hiddenOf(owner, page, page)), title: 'Narxlar', content: 'Non 4 000' };
  const message = async () => /role="status"[^>]*>[\s\S]*?<p>([^<]+)/.exec((await owner.get(page)).text)?.[1];
  await message();
  const says: unknown[] = [];
  for (let press = 0; press < 2; press += 1) {
    expect((await owner.post(page).type('form').send(form)).status).toBe(303);
    says.push(await message());
    expect(await message(), 'it is said once').toBeUndefined();
  }
  expect(says).toEqual(Array(2).fill(says[0]));
  expect(says[0]).toContain('Narxlar');
});

test('without a key two at once are one, and a later one is another', async () => {
  const owner = site.agent();
  await register(owner);
  const { form, sent } = await twice(owner, '/bots', '/bots/new', {
    name: 'Kalitsiz',
    systemPrompt: 'Siz yordamchisiz.',
    platform: '',
  });
  expect(sent.map(({ status }) => status)).toEqual([422, 422, 422]);
  const bot = { _csrf: form['_csrf'] as string, name: 'Kalitsiz', systemPrompt: 'Siz yordamchisiz.' };
  const send = (from: Agent) =>
    from
      .post('/bots')
      .type('form')
      .send({ ...bot, platform: 'telegram', telegramToken: key });
  const key = telegram.addBot({ token: aToken(730_000_002) }).token;
  const both = await Promise.all([send(owner), send(twinOf(owner))]);
  expect(both.map(({ status }) => status)).toEqual([303, 303]);
  expect(await count("bots WHERE name = 'Kalitsiz'")).toBe(1);
  expect((await send(owner)).status).toBe(422);
});

test('a refused form can be corrected and sent with the same key; a key is of one member and one form', async () => {
  const owner = site.agent();
  await register(owner);
  const form = await hiddenOf(owner, '/bots/new', '/bots');
  const send = (agent: Agent, fields: object) =>
    agent
      .post('/bots')
      .type('form')
      .send({ ...form, ...fields });
  const bot = {
    name: 'Toʻgʻri',
    systemPrompt: 'Siz yordamchisiz.',
    platform: 'telegram',
    telegramToken: telegram.addBot({ token: aToken(730_000_003) }).token,
  };
  expect((await send(owner, { ...bot, name: '' })).status).toBe(422);
  const made = await send(owner, bot);
  expect(made.status).toBe(303);

  const stranger = site.agent();
  await register(stranger);
  const theirs = await hiddenOf(stranger, '/bots/new', '/bots');
  const refused = await stranger
    .post('/bots')
    .type('form')
    .send({ ...bot, ...theirs, _once: form['_once'] });
  expect(refused.status).toBe(422);
  expect(refused.text).not.toContain(made.headers['location']);
});
