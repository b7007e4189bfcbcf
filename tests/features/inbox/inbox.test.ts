import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, PASSWORD, postForm, register, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below, type SeededCustomer } from '../../support/factories.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** A shop with a customer's conversation; `page` is its address. */
async function aConversation(customer?: SeededCustomer) {
  const shop = await newShop(site);
  const { conversationId } = await below(shop).withCustomer(customer).in(site);
  return { ...shop, conversationId, page: `${shop.bot}/conversations/${conversationId}` };
}

/** A second person of the business. */
async function operatorOf({ tenantId }: OwnedShop): Promise<{ agent: Agent; userId: string }> {
  const agent = site.agent();
  const { email } = await register(agent);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
  const userId = rows[0]?.id as string;
  await site.sql.query('DELETE FROM tenants WHERE id IN (SELECT tenant_id FROM memberships WHERE user_id = $1)', [userId]);
  await site.sql.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'operator')", [tenantId, userId]);
  return { agent, userId };
}

async function idOf(table: 'labels' | 'saved_replies' | 'notes', tenantId: string): Promise<string> {
  const { rows } = await site.sql.query<{ id: string }>(`SELECT id FROM ${table} WHERE tenant_id = $1 ORDER BY id DESC LIMIT 1`, [
    tenantId,
  ]);
  return String(rows[0]?.id);
}

const count = async (from: string, value: string): Promise<number> =>
  Number((await site.sql.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`, [value])).rows[0]?.n);

test('a label is made, renamed, put on a conversation, taken off and deleted', async () => {
  const { agent, tenantId, page } = await aConversation();
  const at = '/conversations/labels';
  expect((await postForm(agent, at, { name: 'Торт', colour: 'warn' }, at)).status).toBe(303);
  const id = await idOf('labels', tenantId);
  expect((await agent.get(at)).text).toContain('label--warn">Торт<');

  await postForm(agent, `${at}/${id}`, { name: 'Cakes', colour: 'bad' }, at);
  expect((await agent.get(at)).text).toContain('label--bad">Cakes<');

  const on = (): Promise<number> => count('conversation_labels WHERE label_id = $1', id);
  await postForm(agent, `${page}/labels`, { labels: id }, page);
  expect(await on()).toBe(1);
  await postForm(agent, `${page}/labels`, {}, page);
  expect(await on()).toBe(0);
  await postForm(agent, `${page}/labels`, { labels: id }, page);
  await postForm(agent, `${at}/${id}/delete`, {}, at);
  expect([await on(), (await agent.get(at)).text.includes('Cakes')]).toEqual([0, false]);
});

test('two labels of one name are refused, whatever the case, and so is an unknown colour', async () => {
  const { agent } = await aConversation();
  const at = '/conversations/labels';
  await postForm(agent, at, { name: 'Cakes', colour: 'warn' }, at);
  const again = await postForm(agent, at, { name: ' CAKES ', colour: 'bad' }, at);
  expect([again.status, again.text.includes('There is one with this name already')]).toEqual([422, true]);
  expect((await postForm(agent, at, { name: 'Bread', colour: '#fff' }, at)).status).toBe(422);
});

test("a label of another business is put on nobody's conversation", async () => {
  const [mine, other] = [await aConversation(), await aConversation()];
  await postForm(other.agent, '/conversations/labels', { name: 'Theirs', colour: 'warn' });
  const theirs = await idOf('labels', other.tenantId);
  await postForm(mine.agent, `${mine.page}/labels`, { labels: theirs }, mine.page);
  expect(await count('conversation_labels WHERE label_id = $1', theirs)).toBe(0);
});

test('a note is no message to the customer, and an empty one is refused', async () => {
  const { agent, conversationId, page } = await aConversation();
  expect((await postForm(agent, `${page}/notes`, { text: ' Pays in cash ' }, page)).status).toBe(303);
  expect(await count("notes WHERE conversation_id = $1 AND text = 'Pays in cash'", conversationId)).toBe(1);
  expect(await count('messages WHERE conversation_id = $1', conversationId)).toBe(0);
  expect((await postForm(agent, `${page}/notes`, { text: '  ' }, page)).status).toBe(422);
});

test('an operator deletes their own note, an owner any', async () => {
  const shop = await aConversation();
  const { agent, tenantId, page } = shop;
  const operator = await operatorOf(shop);
  await postForm(agent, `${page}/notes`, { text: 'By the owner' }, page);
  const owners = await idOf('notes', tenantId);
  await postForm(operator.agent, `${page}/notes`, { text: 'By the operator' }, page);
  const operators = await idOf('notes', tenantId);
  const remove = async (by: Agent, id: string) => (await postForm(by, `${page}/notes/${id}/delete`, {}, page)).status;

  expect(await remove(operator.agent, owners)).toBe(404);
  expect(await remove(operator.agent, operators)).toBe(303);
  expect(await remove(agent, owners)).toBe(303);
});

test('a conversation is given to a member, taken back, and free again when the member is removed', async () => {
  const shop = await aConversation();
  const { agent, conversationId, page } = shop;
  const operator = await operatorOf(shop);
  const assignee = async () =>
    (await site.sql.query('SELECT user_id FROM assignments WHERE conversation_id = $1', [conversationId])).rows[0]?.['user_id'];
  const assign = async (userId: string) => (await postForm(agent, `${page}/assign`, { userId }, page)).status;

  expect([await assign(operator.userId), await assignee()]).toEqual([303, operator.userId]);
  expect([await assign(''), await assignee()]).toEqual([303, undefined]);
  await assign(operator.userId);
  await postForm(agent, `/account/team/${operator.userId}/remove`, {}, '/account/team');
  expect(await assignee()).toBeUndefined();
  expect(await assign(operator.userId)).toBe(422);
});

test('saved replies are offered in the customer’s language, with their name', async () => {
  const { agent, conversationId, tenantId, page } = await aConversation({ firstName: 'Gulnora' });
  const at = '/conversations/replies';
  const texts = { uz: 'Salom, {name}!', ru: 'Здравствуйте, {name}!' };
  expect((await postForm(agent, at, { name: 'hello', ...texts }, at)).status).toBe(303);
  const offered = async (language: string) => {
    await site.sql.query('UPDATE conversations SET language = $2 WHERE id = $1', [conversationId, language]);
    return (await agent.get(`${page}/saved-replies`)).body.items[0];
  };
  expect(await offered('ru')).toMatchObject({ name: 'hello', text: 'Здравствуйте, Gulnora!' });
  expect(await offered('uz-Cyrl')).toMatchObject({ text: 'Салом, Gulnora!' });

  const reply = `${at}/${await idOf('saved_replies', tenantId)}`;
  expect((await agent.get(reply)).text).toContain('Здравствуйте, {name}!');
  await postForm(agent, reply, { name: 'hi', en: 'Hello' }, reply);
  expect(await offered('ru')).toMatchObject({ name: 'hi', text: 'Hello' });
  expect((await postForm(agent, reply, { name: 'hi' }, reply)).status).toBe(422);
  expect((await postForm(agent, `${reply}/delete`, {}, reply)).status).toBe(303);
  expect((await agent.get(reply)).status).toBe(404);
});

test('a note stands in the thread between the messages, one about the customer on the card, and an open page hears of it', async () => {
  const shop = await aConversation();
  const { agent, conversationId, page } = shop;
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  await addMessage(site, shop, { direction: 'in', text: 'first-word', at: minutesAgo(30) });
  await postForm(agent, `${page}/notes`, { text: 'note-word' }, page);
  await site.sql.query("UPDATE notes SET created_at = now() - interval '20 minutes' WHERE conversation_id = $1", [
    conversationId,
  ]);
  await addMessage(site, shop, { direction: 'in', text: 'last-word', at: minutesAgo(10) });
  const { text } = await agent.get(page);
  const thread = text.slice(text.indexOf('data-part="messages"'), text.indexOf('data-part="card"'));
  expect(thread.match(/first-word|note-word|last-word/g)).toEqual(['first-word', 'note-word', 'last-word']);

  const version = (html: string) => /data-version="(\w+)"/.exec(html)?.[1];
  await postForm(agent, `${page}/notes`, { text: 'card-word', about: 'customer' }, page);
  const after = (await agent.get(page)).text;
  expect(after.slice(after.indexOf('data-part="card"'))).toContain('card-word');
  await postForm(agent, `${page}/notes`, { text: 'second note' }, page);
  expect(version((await agent.get(page)).text)).not.toBe(version(after));
});

test('the card shows whose the conversation is and its labels; a chosen reply stands in the composer', async () => {
  const { agent, tenantId, page } = await aConversation({ firstName: 'Gulnora' });
  await postForm(agent, '/conversations/labels', { name: 'Cakes', colour: 'warn' });
  await postForm(agent, `${page}/labels`, { labels: await idOf('labels', tenantId) }, page);
  await postForm(agent, '/conversations/replies', { name: 'hello', en: 'Hello, {name}!' });
  const { text } = await agent.get(page);
  expect(text.slice(text.indexOf('data-part="card"'))).toContain('label--warn">Cakes<');
  expect(text).toContain('data-reply=');
  const chosen = await agent.get(`${page}?reply=${await idOf('saved_replies', tenantId)}`);
  expect(chosen.text).toContain('Hello, Gulnora!</textarea>');
});

test('an operator adds labels and replies but deletes none', async () => {
  const shop = await aConversation();
  const { agent } = await operatorOf(shop);
  const [labels, replies] = ['/conversations/labels', '/conversations/replies'];
  expect((await postForm(agent, labels, { name: 'Cakes', colour: 'warn' }, labels)).status).toBe(303);
  expect((await postForm(agent, replies, { name: 'hello', en: 'Hello' }, replies)).status).toBe(303);
  const [label, reply] = [await idOf('labels', shop.tenantId), await idOf('saved_replies', shop.tenantId)];
  expect((await postForm(agent, `${labels}/${label}/delete`, {}, labels)).status).toBe(403);
  expect((await postForm(agent, `${replies}/${reply}/delete`, {}, replies)).status).toBe(403);
  for (const page of [labels, replies]) expect((await agent.get(page)).text).not.toContain('/delete"');
});

test('what the staff wrote goes with the erased customer and with the account', async () => {
  const { agent, tenantId, conversationId, page } = await aConversation();
  await postForm(agent, '/conversations/labels', { name: 'Cakes', colour: 'warn' });
  await postForm(agent, `${page}/labels`, { labels: await idOf('labels', tenantId) }, page);
  await postForm(agent, `${page}/notes`, { text: 'Lives at Chilonzor 5', about: 'customer' }, page);
  await postForm(agent, `${page}/notes`, { text: 'Pays in cash' }, page);
  expect((await postForm(agent, `${page}/erase`, { confirm: 'yes' }, `${page}/erase`)).status).toBe(303);
  expect(await count('notes WHERE tenant_id = $1', tenantId)).toBe(0);
  expect(await count('conversation_labels WHERE conversation_id = $1', conversationId)).toBe(0);

  await postForm(agent, '/account/delete', { password: PASSWORD }, '/account');
  expect(await count('labels WHERE tenant_id = $1', tenantId)).toBe(0);
});
