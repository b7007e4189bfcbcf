// /forget: what a customer sends, and what is left of the customer after it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';
import { newShop } from '../../support/owner.ts';
import { claimWork, NO_WORK, pipeline, textMessage } from '../../support/pipeline.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function chatWith(chatId: string) {
  const shop = await newShop(site);
  const line = pipeline(site.container.database);
  const writes = async (text: string, rest: object = {}) => {
    const messages = [textMessage(chatId, text, { kind: text.startsWith('/') ? 'command' : 'text', ...rest })];
    await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
    await line.answer((await claimWork(site.container.database))[0] ?? NO_WORK);
    return line.sent.at(-1)?.text;
  };
  const left = async () => {
    const { rows } = await site.sql.query<{ customers: number; messages: number }>(
      `SELECT (SELECT count(*)::int FROM customers WHERE connection_id = $1) AS customers,
         (SELECT count(*)::int FROM messages WHERE connection_id = $1) AS messages`,
      [shop.connectionId],
    );
    return rows[0];
  };
  return { ...shop, writes, left };
}
const minute = (): Promise<void> => site.container.features.privacy.jobs.everyMinute(new Date());

test('a customer who confirms is told so first, and erased with every message', async () => {
  const { tenantId, writes, left } = await chatWith('f1');
  const other = await chatWith('f2');
  await other.writes('Do you have bread?');
  await writes('Do you have bread?');
  expect(await writes('/forget')).toBe('en forget_ask');
  await minute();
  expect(await left()).toEqual({ customers: 1, messages: 4 });

  expect(await writes('/forget yes')).toBe('en forgotten');
  await minute();

  expect(await left()).toEqual({ customers: 0, messages: 0 });
  expect(await other.left()).toEqual({ customers: 1, messages: 2 });
  const { rows } = await site.sql.query('SELECT actor_kind AS kind FROM audit_lines WHERE tenant_id = $1 AND action = $2', [
    tenantId,
    'customer.forgotten',
  ]);
  expect(rows).toEqual([{ kind: 'system' }]);
});

test('in a group nobody’s messages are erased, and the way to it is told', async () => {
  const { writes, left } = await chatWith('-1003');
  const sender = { platformUserId: 'f3', firstName: 'Lola', language: 'en' };
  expect(await writes('/forget yes', { isGroup: true, sender })).toBe('en forget_private');
  await minute();
  expect((await left())?.messages).toBe(2);
});
