// S25 (guessable secrets, plain http), S57 (rotation of SESSION_SECRET).
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnv } from '../../src/env.ts';
import { startNotices } from '../../src/process/start-notices.ts';
import { login, register, type TestApp, testApp } from '../support/app.ts';

const GOOD = 'correct horse battery staple of 2026';
const production = (values: Record<string, string>) =>
  readEnv({ NODE_ENV: 'production', SESSION_SECRET: GOOD, META_VERIFY_TOKEN: 'x', ...values });

test.each([
  ['SESSION_SECRET', '1234567890abcdefghij'],
  ['SESSION_SECRET', 's'.repeat(64)],
  ['SESSION_SECRET', 'ab'.repeat(32)],
  ['ENCRYPTION_KEY', 'k'.repeat(64)],
  ['ENCRYPTION_KEY', `${GOOD},short`],
])('%s=%s is refused in production, with the remedy in one line', (name, value) => {
  const read = () => production({ [name]: value });
  expect(read).toThrow(new RegExp(`^${name}: .*openssl rand -base64 48$`));
  expect(read).not.toThrow(value);
});

test.each(['https://bots.example:5000', 'https://bots.example:9443/'])('%s is refused as the address of webhooks', (address) => {
  const port = new URL(address).port;
  expect(() => readEnv({ NODE_ENV: 'test', TELEGRAM_MODE: 'webhook', PUBLIC_URL: address })).toThrow(
    `PUBLIC_URL: Telegram calls webhooks on the ports 443, 80, 88 and 8443 only, not on ${port}`,
  );
});

test('production takes good secrets, and lists of them', () => {
  expect(production({ SESSION_SECRET: `${GOOD}!,${GOOD}` }).SESSION_SECRETS).toEqual([`${GOOD}!`, GOOD]);
  expect(production({ SESSION_SECRET: 'a secret, with a comma, of an older version' }).SESSION_SECRETS).toHaveLength(1);
});

test.each([
  [{ NODE_ENV: 'production' }, ['error', 'error']],
  [{ NODE_ENV: 'production', SMTP_URL: 'smtp://x', PUBLIC_URL: 'http://bots.example' }, ['error']],
  [{ NODE_ENV: 'production', SMTP_URL: 'smtp://x', PUBLIC_URL: 'https://bots.example' }, []],
  [{ NODE_ENV: 'development' }, ['warn']],
] as const)('%j says so at each start: %j', (env, levels) => {
  expect(startNotices(env as never).map(({ level }) => level)).toEqual(levels);
});

const [OLD, NEW] = ['the old secret of many letters', 'the new secret of many letters'] as const;
let before: TestApp;
let rotating: TestApp;
let after: TestApp;
beforeAll(async () => {
  before = await testApp({ SESSION_SECRET: OLD });
  rotating = await testApp({ SESSION_SECRET: `${NEW},${OLD}` }, before);
  after = await testApp({ SESSION_SECRET: NEW }, before);
});
afterAll(async () => {
  for (const app of [after, rotating, before]) await app.close();
});

const cookiesOf = ({ headers }: Response): string =>
  (headers['set-cookie'] as unknown as string[]).map((line) => line.split(';')[0]).join('; ');

test('a list signs with the new one and accepts both, for sessions, forms and known browsers', async () => {
  const old = before.agent();
  const person = await register(old);
  const cookies = cookiesOf(await old.get('/account'));
  const moved = rotating.agent().set('Cookie', cookies);
  expect((await moved.get('/account')).status).toBe(200);

  const agent = rotating.agent();
  expect((await login(agent, person.username, person.password)).status).toBe(303);
  const renewed = cookiesOf(await agent.get('/account'));
  expect((await after.agent().set('Cookie', renewed).get('/account')).status).toBe(200);
  expect((await after.agent().set('Cookie', cookies).get('/account')).status).toBe(303);
});
