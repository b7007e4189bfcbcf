import { afterAll, beforeAll, expect, test } from 'vitest';
import { csrfOf, postForm, register, type TestApp, testApp } from '../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp({ PUBLIC_URL: 'https://bots.example' });
});
afterAll(() => site.close());

test('pages allow nothing inline and nothing from other origins, and no cache keeps them', async () => {
  const { headers } = await site.agent().get('/');
  const policy = headers['content-security-policy'] as string;
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe|https:|\*/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('strict-transport-security');
});

test.each([
  ['bots.example', '/', 200],
  ['localhost:5000', '/', 200],
  ['evil.example', '/', 421],
  ['bots.example.evil.example', '/login', 421],
  ['10.0.0.5', '/healthz', 200],
])('with PUBLIC_URL set, the host %s gets %s with %i', async (host, path, status) => {
  expect((await site.agent().get(path).set('Host', host)).status).toBe(status);
});

test.each([
  ['a form of 110 KB', 'form', `_csrf=x&username=${'a'.repeat(110_000)}`, 413],
  ['a form of 300 fields', 'form', Array.from({ length: 300 }, (_, i) => `f${i}=1`).join('&'), 413],
  ['JSON of 110 KB', 'json', JSON.stringify({ a: 'a'.repeat(110_000) }), 413],
  ['broken JSON', 'json', '{"a":', 400],
  ['JSON that is no object', 'json', '"text"', 400],
  ['broken escapes', 'form', '_csrf=%E0%A4%A', 403],
])('%s is refused without a 500', async (_what, type, body, status) => {
  const response = await site.agent().post('/register').type(type).send(body);
  expect(response.status).toBe(status);
  expect(response.text).not.toMatch(/at \w+ \(|node_modules/);
});

test('a knowledge entry of 20,000 Cyrillic letters fits into its form, and ten times as much does not', async () => {
  const agent = site.agent();
  const send = (content: string) => agent.post('/bots/x/knowledge').type('form').send({ content });
  expect((await send('ж'.repeat(20_000))).headers.location).toBe('/login');
  expect((await send('ж'.repeat(200_000))).status).toBe(413);
});

test.each(['/bots/%00', '/%E0%A4%A', '/account?x=%00'])('the address %s is refused with 400', async (path) => {
  expect((await site.agent().get(path)).status).toBe(400);
});

test.each([
  ['a null byte', 'nul\u0000byte'],
  ['half a character', 'half\ud800'],
])('%s in a form never reaches the database unchanged', async (_what, email) => {
  const agent = site.agent();
  await register(agent);
  const response = await postForm(
    agent,
    '/account',
    { username: 'whoever', email: `${email}@example.com`, language: 'uz' },
    '/account',
  );
  expect([303, 422]).toContain(response.status);
});

test.each([
  '__proto__[admin]=1',
  'constructor[prototype][admin]=1',
  '__proto__=1',
  'toString=1',
  'hasOwnProperty=1',
])('the field %s is refused and pollutes no prototype', async (field) => {
  const agent = site.agent();
  const token = csrfOf((await agent.get('/login')).text);
  const response = await agent.post('/login').type('form').send(`_csrf=${token}&login=a&password=b&${field}`);
  expect(response.status).toBe(422);
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});
