import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { below } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const count = async (from: string, ...values: unknown[]): Promise<number> =>
  Number((await site.sql.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`, values)).rows[0]?.n);

test('of ten who make a label of one name at once, one does, and none gets an error page', async () => {
  const { agent, tenantId } = await newShop(site);
  const names = Array.from({ length: 10 }, (_, nth) => (nth % 2 ? 'Cakes' : 'CAKES'));
  const at = '/conversations/labels';
  const answers = await Promise.all(names.map((name) => postForm(agent, at, { name, colour: 'warn' }, at)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(9).fill(422)]);
  expect(await count('labels WHERE tenant_id = $1', tenantId)).toBe(1);
});

test('a conversation that ten people give to themselves and to nobody at once has one assignee or none', async () => {
  const { agent, tenantId, bot, ...shop } = await newShop(site);
  const { conversationId } = await below({ tenantId, ...shop })
    .withCustomer()
    .in(site);
  const page = `${bot}/conversations/${conversationId}`;
  const { rows } = await site.sql.query<{ id: string }>('SELECT user_id AS id FROM memberships WHERE tenant_id = $1', [tenantId]);
  const users = Array.from({ length: 10 }, (_, nth) => (nth % 3 ? (rows[0]?.id as string) : ''));
  const answers = await Promise.all(users.map((userId) => postForm(agent, `${page}/assign`, { userId }, page)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
  expect(await count('assignments WHERE conversation_id = $1', conversationId)).toBeLessThanOrEqual(1);
});

test('who is removed while a conversation is given to them keeps none', async () => {
  const { agent, tenantId, bot, ...shop } = await newShop(site);
  const { conversationId } = await below({ tenantId, ...shop })
    .withCustomer()
    .in(site);
  const page = `${bot}/conversations/${conversationId}`;
  const { email } = await register(site.agent());
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
  const userId = rows[0]?.id as string;
  await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [tenantId, userId]);
  const [given, removed] = await Promise.all([
    postForm(agent, `${page}/assign`, { userId }, page),
    postForm(agent, `/account/team/${userId}/remove`, {}, '/account/team'),
  ]);
  expect([[303, 422].includes(given.status), removed.status]).toEqual([true, 303]);
  expect(await count('assignments WHERE user_id = $1', userId)).toBe(0);
});

test('customers who are joined crosswise at once are one person', async () => {
  const { agent, bot, ...shop } = await newShop(site);
  const chats = [];
  for (const firstName of ['A', 'B', 'C']) chats.push(await below(shop).withCustomer({ firstName }).in(site));
  const ids = chats.map(({ conversationId }) => conversationId);
  const { rows } = await site.sql.query<{ id: string; customerId: string }>(
    'SELECT id, customer_id AS "customerId" FROM conversations WHERE id = ANY($1)',
    [ids],
  );
  const customerId = (nth: number): string => rows.find(({ id }) => id === ids[nth])?.customerId as string;
  const join = (from: number, to: number) => {
    const page = `${bot}/conversations/${ids[from]}`;
    return postForm(agent, `${page}/join`, { customerId: customerId(to) }, page);
  };
  await Promise.all([join(0, 1), join(1, 2), join(2, 0)]);
  expect(await count('(SELECT DISTINCT person_id FROM person_links WHERE tenant_id = $1) p', shop.tenantId)).toBe(1);
  expect(await count('person_links WHERE tenant_id = $1', shop.tenantId)).toBe(3);
});
