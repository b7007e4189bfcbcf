// S71, I9 (pool): the forms of one business wait for a lock. They keep half of the connections, and others are served.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csrfOf, type TestApp, testApp } from '../../support/app.ts';
import { newOwner, newShop } from '../../support/owner.ts';

// More than may wait.
const FORMS = 200;

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

test(`${FORMS} forms of one business that wait for a lock leave connections to another business, and some get 429`, async () => {
  const [greedy, other] = [await newShop(site), await newOwner(site)];
  const token = csrfOf((await greedy.agent.get(`${greedy.bot}/knowledge`)).text);
  const holder = site.container.database.dedicatedClient();
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM bots WHERE id = $1 FOR UPDATE', [greedy.botId]);
  const save = (title: string) =>
    greedy.agent.post(`${greedy.bot}/knowledge`).type('form').send({ _csrf: token, title, content: 'Open' });
  const forms = Array.from({ length: FORMS }, (_, n) => save(`Entry ${n}`).then(({ status }) => status));

  const statuses = [];
  for (let i = 0; i < 10; i += 1) statuses.push((await other.agent.get('/dashboard')).status);
  await holder.query('ROLLBACK');
  await holder.end();

  expect(statuses).toEqual(Array(10).fill(200));
  expect([...new Set(await Promise.all(forms))].sort()).toEqual([303, 429]);
});
