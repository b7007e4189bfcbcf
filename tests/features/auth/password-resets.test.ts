import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, login, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const NEW_PASSWORD = 'quiet river under snow';

async function askForLink(email: string): Promise<string> {
  await postForm(site.agent(), '/forgot-password', { email });
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  return new URL(/http\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://none').pathname;
}

async function useLink(agent: Agent, path: string, password: string) {
  const page = await agent.get(path);
  const token = csrfOf(page.text) || csrfOf((await agent.get('/login')).text);
  return agent.post(path).type('form').send({ password, _csrf: token });
}

test('the mailed link sets a new password once and ends every session', async () => {
  const signedIn = site.agent();
  const { email } = await register(signedIn);
  const link = await askForLink(email);

  const done = await useLink(site.agent(), link, NEW_PASSWORD);
  expect([done.status, done.headers.location]).toEqual([303, '/login']);
  expect((await signedIn.get('/account')).status).toBe(303);
  expect((await login(site.agent(), email, PASSWORD)).status).toBe(422);
  expect((await login(site.agent(), email, NEW_PASSWORD)).status).toBe(303);

  expect((await site.agent().get(link)).status).toBe(410);
  expect((await useLink(site.agent(), link, 'another one entirely')).status).toBe(410);
  expect((await login(site.agent(), email, NEW_PASSWORD)).status).toBe(303);
});

test('ten uses of one link at once change the password once', async () => {
  const { email } = await register(site.agent());
  const link = await askForLink(email);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => useLink(site.agent(), link, `river number ${i} in snow`)),
  );
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 410)).toHaveLength(9);
});

test('S26: of four requests at once one link works', async () => {
  const { email } = await register(site.agent());
  await Promise.all(Array.from({ length: 4 }, () => postForm(site.agent(), '/forgot-password', { email })));
  const links = (await site.mails()).filter(({ to }) => to === email).map(({ text }) => /http\S+/.exec(text)?.[0] ?? '');
  const answers = await Promise.all(links.map((link) => site.agent().get(new URL(link).pathname)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 410, 410, 410]);
});

test('only the newest link works, for half an hour', async () => {
  const { email } = await register(site.agent());
  const [first, second] = [await askForLink(email), await askForLink(email)];
  expect((await site.agent().get(first)).status).toBe(410);
  expect((await site.agent().get(second)).status).toBe(200);

  const { rows } = await site.sql.query<{ minutes: number }>(
    `SELECT extract(epoch FROM r.expires_at - r.created_at) / 60 AS minutes FROM password_resets r
     JOIN users u ON u.id = r.user_id WHERE u.email = $1`,
    [email],
  );
  expect(Math.round(Number(rows[0]?.minutes))).toBe(30);
  const later = new Date(Date.now() + 31 * 60_000);
  expect(await site.container.features.auth.api.resets.isValid(second.split('/').at(-1) as string, later)).toBe(false);
});

test('a known and an unknown address get the same answer, and only the known one a mail', async () => {
  const { email } = await register(site.agent());
  const before = (await site.mails()).length;
  const answers = [];
  for (const address of [email, 'nobody@example.com']) {
    const response = await postForm(site.agent(), '/forgot-password', { email: address });
    answers.push([response.status, response.headers.location, response.text]);
  }
  expect(answers[0]).toEqual(answers[1]);
  expect((await site.mails()).length).toBe(before + 1);
});

test('the table holds no token', async () => {
  const { email } = await register(site.agent());
  const token = (await askForLink(email)).split('/').at(-1) as string;
  const { rows } = await site.sql.query<{ text: string }>('SELECT row_to_json(r)::text AS text FROM password_resets r');
  expect(token).toHaveLength(43);
  expect(rows.some(({ text }) => text.includes(token))).toBe(false);
});

test('a link leads to this installation whatever the request’s Host', async () => {
  const { email } = await register(site.agent());
  const agent = site.agent();
  const { text } = await agent.get('/forgot-password').set('Host', 'evil.example');
  await agent
    .post('/forgot-password')
    .set('Host', 'evil.example')
    .type('form')
    .send({ email, _csrf: csrfOf(text) });
  const mail = (await site.mails()).findLast(({ to }) => to === email);
  expect(mail?.text).toContain('http://localhost:5000/reset-password/');
  expect(mail?.text).not.toContain('evil.example');
});

test('a weak password is refused and the link stays valid', async () => {
  const { email } = await register(site.agent());
  const link = await askForLink(email);
  expect((await useLink(site.agent(), link, 'password123')).status).toBe(422);
  expect((await useLink(site.agent(), link, NEW_PASSWORD)).status).toBe(303);
});

test.each([
  '/reset-password/nonsense',
  '/reset-password/%27%3B--',
  `/reset-password/${'a'.repeat(3000)}`,
])('the link %s is refused', async (path) => {
  expect((await site.agent().get(path)).status).toBe(410);
});

test('one person gets at most five mails an hour', async () => {
  const { email } = await register(site.agent());
  for (let i = 0; i < 7; i++) await postForm(site.agent(), '/forgot-password', { email });
  expect((await site.mails()).filter(({ to }) => to === email)).toHaveLength(5);
});
