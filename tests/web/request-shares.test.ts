// I9: a flood of one business waits for itself. Another business is served.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, type TestApp, testApp } from '../support/app.ts';
import { newOwner, newShop } from '../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const many = (count: number, agent: Agent, path: string) =>
  Array.from({ length: count }, () => agent.get(path).then((answer) => answer));

test('200 pages of one browser at once: some wait, the rest get 429 in the visitor’s language, and another business is served', async () => {
  const [greedy, other] = [await newShop(site), await newOwner(site, { language: 'en' })];
  const flood = many(200, greedy.agent, '/dashboard');
  expect((await other.agent.get('/dashboard')).status).toBe(200);
  const answers = await Promise.all(flood);

  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
  expect([refused.length > 0, refused.length < 200]).toEqual([true, true]);
  expect([refused[0]?.headers['retry-after'], refused[0]?.text]).toEqual(['2', expect.stringContaining('Juda koʻp urinish')]);
  expect((await greedy.agent.get('/dashboard')).status).toBe(200);
});

test('six pages at once, as a browser asks for them, are all shown', async () => {
  const { agent } = await newOwner(site);
  expect((await Promise.all(many(6, agent, '/dashboard'))).map(({ status }) => status)).toEqual(Array(6).fill(200));
});
