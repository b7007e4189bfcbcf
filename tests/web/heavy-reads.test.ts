// S71: many heavy pages of one business at once, beside the page of another.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, type TestApp, testApp } from '../support/app.ts';
import { addAudience } from '../support/factories.ts';
import { newShop } from '../support/owner.ts';

const CONVERSATIONS = 5_000;
const AT_ONCE = 40;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

test('40 searches of one business at once: they wait their turn, and another business is served meanwhile', async () => {
  const [greedy, other] = [await newShop(site), await newShop(site)];
  await addAudience(site, greedy, CONVERSATIONS);
  const search = (agent: Agent, i: number) => agent.get(`/conversations?q=nobody${i}`).then((res) => res);
  const searches = Array.from({ length: AT_ONCE }, (_, i) => search(greedy.agent, i));
  const order: string[] = [];
  const all = Promise.all(searches).finally(() => order.push('the last search'));
  for (let i = 0; i < 2; i++) expect((await other.agent.get('/conversations?q=aziz')).status).toBe(200);
  order.push('the other’s pages');
  const answers = await all;

  expect(order).toEqual(['the other’s pages', 'the last search']);
  // Who waits for too long gets 429.
  expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
});

test('a page that is left while it waits gives its place back', async () => {
  const { agent } = await newShop(site);
  const left = Array.from({ length: 10 }, () =>
    agent
      .get('/conversations?q=a')
      .timeout(1)
      .catch(() => 'left'),
  );
  expect(new Set(await Promise.all(left))).toEqual(new Set(['left']));
  for (let i = 0; i < 3; i++) expect((await agent.get('/conversations?q=a')).status).toBe(200);
});
