// I9: a flood of one business waits for itself. Another business is served.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isIssued } from '../../src/web/session.ts';
import { type Agent, login, PASSWORD, register, type TestApp, testApp } from '../support/app.ts';
import { newOwner, newShop } from '../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const many = (count: number, agent: Agent, path: string) =>
  Array.from({ length: count }, () => agent.get(path).then((answer) => answer));

test('60 pages of one browser at once: all wait their turn, and another business is served meanwhile', async () => {
  const [greedy, other] = [await newShop(site), await newOwner(site)];
  const order: string[] = [];
  const flood = Promise.all(many(60, greedy.agent, '/dashboard')).finally(() => order.push('the last of the flood'));
  expect((await other.agent.get('/dashboard')).status).toBe(200);
  order.push('the other’s page');

  expect((await flood).map(({ status }) => status)).toEqual(Array(60).fill(200));
  expect(order).toEqual(['the other’s page', 'the last of the flood']);
});

test('six pages at once, as a browser asks for them, are all shown', async () => {
  const { agent } = await newOwner(site);
  expect((await Promise.all(many(6, agent, '/dashboard'))).map(({ status }) => status)).toEqual(Array(6).fill(200));
});

test('an invented session makes no new browser: only one that we signed has places of its own', async () => {
  const { username } = await register(site.agent());
  const { headers } = await login(site.agent(), username, PASSWORD);
  const cookies = headers['set-cookie'] as unknown as string[];
  const value = decodeURIComponent(/bf\.sid=([^;]+)/.exec(cookies.join('\n'))?.[1] ?? '');
  const secrets = site.container.env.SESSION_SECRETS;
  const others = ['s:invented.AAAA', 's:', '', value.slice(2), `${value}x`, value.replace(':', ':x')];
  expect([value, ...others].map((one) => isIssued(one, secrets))).toEqual([true, ...others.map(() => false)]);
});
