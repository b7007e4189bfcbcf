import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function aConversation() {
  const shop = await newShop(site);
  const chat = await below(shop).withCustomer({ firstName: 'Malika' }).in(site);
  const { rows } = await site.sql.query<{ id: string }>('SELECT customer_id AS id FROM conversations WHERE id = $1', [
    chat.conversationId,
  ]);
  return { ...shop, chat, customerId: rows[0]?.id as string, page: `${shop.bot}/conversations/${chat.conversationId}` };
}
const actions = async (tenantId: string): Promise<string[]> =>
  (
    await site.sql.query<{ action: string }>(
      "SELECT action FROM audit_lines WHERE tenant_id = $1 AND action ~ '^(conversation|customer)' ORDER BY id",
      [tenantId],
    )
  ).rows.map(({ action }) => action);

test('what is done stands under its filter until it is opened again, by hand or twice', async () => {
  const { agent, page, tenantId } = await aConversation();
  const isDone = async (): Promise<boolean> => (await agent.get('/conversations?done=1')).text.includes(`href="${page}`);
  expect(await isDone()).toBe(false);
  await postForm(agent, `${page}/resolve`, {}, page);
  expect(await isDone()).toBe(true);
  expect((await agent.get(page)).text).toContain('>Reopen<');
  for (let again = 0; again < 2; again += 1) expect((await postForm(agent, `${page}/reopen`, {}, page)).status).toBe(303);
  expect(await isDone()).toBe(false);
  expect(await actions(tenantId)).toEqual(['conversation.resolved', 'conversation.reopened']);
});

test('a member notes that a customer wants no broadcasts, and takes it back', async () => {
  const { agent, page, tenantId, customerId } = await aConversation();
  const put = (out: string, id = customerId) => postForm(agent, `${page}/opt-out`, { customerId: id, out }, page);
  const optedOut = async (): Promise<boolean> =>
    (await site.sql.query('SELECT 1 FROM customers WHERE id = $1 AND opted_out_at IS NOT NULL', [customerId])).rowCount === 1;
  await put('1');
  expect(await optedOut()).toBe(true);
  expect((await agent.get(page)).text).toContain('wants no broadcasts');
  await put('1');
  await put('0');
  expect(await optedOut()).toBe(false);
  expect(await actions(tenantId)).toEqual(['customer.opted_out', 'customer.opted_in']);
  const { customerId: stranger } = await aConversation();
  expect((await put('1', stranger)).status).toBe(404);
  expect((await put('yes')).status).toBe(422);
});

test('the card of a group names it and who wrote there, the last one first', async () => {
  const { agent, page, chat, tenantId, botId, connectionId, customerId } = await aConversation();
  await site.sql.query("UPDATE conversations SET is_group = true, chat_title = 'Toʻy 12-dekabr' WHERE id = $1", [
    chat.conversationId,
  ]);
  const writes = async (id: string, text: string): Promise<void> => {
    const messageId = await addMessage(site, chat, { direction: 'in', text });
    await site.sql.query('UPDATE messages SET customer_id = $1 WHERE id = $2', [id, messageId]);
  };
  const other = await below({ tenantId, botId, connectionId }).withCustomer({ firstName: 'Bobur' }).in(site);
  const { rows } = await site.sql.query<{ id: string }>('SELECT customer_id AS id FROM conversations WHERE id = $1', [
    other.conversationId,
  ]);
  await writes(rows[0]?.id as string, 'Salom');
  await writes(customerId, 'Qachon?');
  const { text } = await agent.get(page);
  const card = text.slice(text.indexOf('class="inbox__card"'));
  expect(card).toContain('<b>Toʻy 12-dekabr</b>');
  expect(card.indexOf('Malika')).toBeGreaterThan(0);
  expect(card.indexOf('Bobur')).toBeGreaterThan(card.indexOf('Malika'));
  expect(card).toContain('Only people who wrote here are known.');
});
