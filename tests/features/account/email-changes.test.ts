// S76, S20 (mail as a relay or an oracle): a new e-mail counts once it is confirmed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const change = (agent: Agent, username: string, email: string, language = 'en') =>
  postForm(agent, '/account', { username, email, language }, '/account');
const mailsTo = async (address: string) => (await site.mails()).filter(({ to }) => to === address);
const linkTo = async (address: string): Promise<string> =>
  /\/confirm-email\/\S+/.exec((await mailsTo(address)).at(-1)?.text ?? '')?.[0] ?? '';

async function moving() {
  const agent = site.agent();
  const person = await register(agent);
  const email = `new.${person.email}`;
  const asked = await change(agent, person.username, email);
  return { agent, person, email, asked };
}

test('name and language change at once, the e-mail when the link is opened, once; both addresses are told', async () => {
  const { agent, person, email, asked } = await moving();
  expect([asked.status, asked.headers.location]).toEqual([303, '/account']);
  const page = (await agent.get('/account')).text;
  expect(page).toContain(`value="${person.email}"`);
  expect(page).toContain(`${email} waits for its confirmation`);
  expect((await mailsTo(person.email)).at(-1)?.text).toContain(email);

  const link = await linkTo(email);
  expect((await site.agent().get(link)).text).toContain(email);
  expect((await login(site.agent(), email, PASSWORD)).status).toBe(422);
  const answers = await Promise.all(Array.from({ length: 5 }, () => postForm(site.agent(), link, {})));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410, 410, 410, 410]);
  expect((await login(site.agent(), email, PASSWORD)).status).toBe(303);
  expect((await login(site.agent(), person.email, PASSWORD)).status).toBe(422);
  expect((await mailsTo(person.email)).at(-1)?.text).toContain('last letter to this address');
});

test('a taken address gets the same answer; its holder alone is told, and no link', async () => {
  const holder = await register(site.agent());
  const agent = site.agent();
  const { username } = await register(agent);
  const answers = [];
  for (const email of [holder.email.toUpperCase(), `FREE.${holder.email.toUpperCase()}`]) {
    const answer = await change(agent, username, email);
    const page = (await agent.get('/account')).text.replaceAll(email, 'ADDRESS').replace(/value="[^"]*"/g, '');
    answers.push([answer.status, answer.headers.location, page]);
  }
  expect(answers[0]).toEqual(answers[1]);
  expect((await mailsTo(holder.email)).map(({ text }) => text.includes('http'))).toEqual([false]);
});

test.each([
  [
    'a changed password',
    (agent: Agent) =>
      postForm(agent, '/account/password', { currentPassword: PASSWORD, password: 'nine grey herons at dawn' }, '/account'),
  ],
  ['a newer request', (agent: Agent, name: string) => change(agent, name, `newest.${name}@example.com`)],
  ['a day', () => site.sql.query('UPDATE email_changes SET expires_at = now()')],
  [
    'somebody who registers with it',
    (_agent: Agent, name: string) => register(site.agent(), { email: `new.${name}@example.com` }),
  ],
])('%s ends the link', async (_what, event) => {
  const { agent, person, email } = await moving();
  const link = await linkTo(email);
  await event(agent, person.username);
  expect((await postForm(site.agent(), link, {})).status).toBe(410);
  expect(
    (await login(site.agent(), person.email, _what === 'a changed password' ? 'nine grey herons at dawn' : PASSWORD)).status,
  ).toBe(303);
});

test('S76: five addresses an hour, then 429 at the field; three mails a day to one address, whoever asks', async () => {
  const agent = site.agent();
  const { username } = await register(agent);
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await change(agent, username, `relay${i}@example.com`));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 429, 429]);
  expect(answers[6]?.text).toContain('href="#email"');
  expect(answers[6]?.text).toContain('relay6@example.com');

  for (let i = 0; i < 5; i++) {
    const other = site.agent();
    const person = await register(other);
    expect((await change(other, person.username, 'bombed@example.com')).status).toBe(303);
  }
  expect(await mailsTo('bombed@example.com')).toHaveLength(3);
});

test('S76: a name that looks like an address is no link in the mail to a stranger', async () => {
  const agent = site.agent();
  await register(agent, { username: 'win.evil.example' });
  await change(agent, 'win.evil.example', 'stranger@example.com');
  const [mail] = await mailsTo('stranger@example.com');
  expect(mail?.text).not.toContain('evil.example');
  expect(mail?.text.match(/https?:\S+/g)).toEqual([expect.stringMatching(/^http:\/\/localhost:5000\/confirm-email\/[\w-]{43}$/)]);
});

test('S76: security mails wait apart from notices', async () => {
  const { rows } = await site.sql.query<{ name: string }>("SELECT DISTINCT name FROM pgboss.job WHERE name LIKE '%mail'");
  expect(rows).toEqual([{ name: 'security-mail' }]);
});
