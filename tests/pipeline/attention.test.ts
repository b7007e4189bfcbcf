import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ComposedAnswer } from '../../src/answering/answer.ts';
import type { AnswerStatus } from '../../src/core/answer-outcome.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { createDeletionsRepo } from '../../src/pipeline/deletions.repo.ts';
import { removeCustomer, removeCustomerMessages } from '../../src/pipeline/erase.ts';
import { createStaffRepliesRepo } from '../../src/pipeline/staff-replies.repo.ts';
import { claimWork, NO_WORK, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
});
afterAll(() => opened.close());

const outcome = (status: AnswerStatus, missing = '') => ({
  ...{ status, missing, model: 'm', promptTokens: 1, answerTokens: 1, ms: 1, costMicroUsd: 1 },
});
const aiSays = (status: AnswerStatus, missing = ''): ComposedAnswer => ({
  text: 'A reply.',
  mode: 'ai',
  reason: status === 'unknown' || status === 'wants_person' ? 'no_knowledge' : null,
  sources: [],
  outcome: outcome(status, missing),
});

async function say(reply: ComposedAnswer, ...messages: InboundMessage[]) {
  const line = pipeline(opened.database, { composer: { compose: async () => reply } });
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
  for (const work of await claimWork(opened.database)) await line.answer(work);
  return line;
}
const rows = async () =>
  (
    await opened.database.sql.query(
      `SELECT a.kind, a.question, q.text AS asked, r.text AS reply, a.language
       FROM attention a JOIN messages q ON q.id = a.message_id LEFT JOIN messages r ON r.id = a.reply_id
       WHERE a.tenant_id = $1 ORDER BY a.message_id`,
      [shop.tenantId],
    )
  ).rows;
const human = (chat: string) => textMessage(chat, '/human', { kind: 'command', command: 'human' });

test('an answer that is missing in whole or in part is saved with its reply and the question that has no answer', async () => {
  await say(aiSays('unknown', 'Do you sell tortes?'), textMessage('a', 'tortes?'));
  await say(aiSays('partial', 'And on Sunday?'), textMessage('a', 'hours, Sunday?'));
  await say(aiSays('answered'), textMessage('a', 'bread?'));
  await say({ text: 'Sorry.', mode: 'fallback', reason: 'no_knowledge', sources: [] }, textMessage('b', 'is there parking?'));
  await say({ text: 'Hi.', mode: 'fallback', reason: null, sources: [] }, textMessage('b', 'hi'));

  expect(await rows()).toEqual([
    { kind: 'unknown', question: 'Do you sell tortes?', asked: 'tortes?', reply: 'A reply.', language: 'en' },
    { kind: 'partial', question: 'And on Sunday?', asked: 'hours, Sunday?', reply: 'A reply.', language: 'en' },
    { kind: 'no_answer', question: 'is there parking?', asked: 'is there parking?', reply: 'Sorry.', language: 'en' },
  ]);
});

test('a request for a person carries the last real question, never a command or our own sentence', async () => {
  await say(aiSays('answered'), textMessage('a', 'Napoleon necha pul?'));
  await say(aiSays('answered'), textMessage('a', 'rahmat'), human('a'));
  await say(aiSays('answered'), textMessage('b', 'Buyurtmam kelmadi'), textMessage('b', 'operator kerak'));
  await say(aiSays('wants_person'), textMessage('c', 'Uch kundan beri javob yoʻq, kim bor u yerda'));
  await say(aiSays('answered'), human('d'));

  expect((await rows()).map(({ kind, question }) => [kind, question])).toEqual([
    ['asked', 'Napoleon necha pul?'],
    ['asked', 'Buyurtmam kelmadi'],
    ['asked', 'Uch kundan beri javob yoʻq, kim bor u yerda'],
    ['asked', ''],
  ]);
});

test('each message that is left to a person is one row, and what is given up is one row', async () => {
  const line = await say(aiSays('answered'), textMessage('a', 'price?'));
  const { rows: found } = await opened.database.sql.query('SELECT id FROM conversations WHERE bot_id = $1', [shop.botId]);
  const staff = createStaffRepliesRepo(opened);
  await staff.takeOver(shop.tenantId, shop.botId, found[0]?.id);
  await say(aiSays('answered'), textMessage('a', 'are you there?'), textMessage('a', 'hello, five loaves please'));
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('b', 'lost?')] });
  const [work = NO_WORK] = await claimWork(opened.database);
  await line.giveUp(work);
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('c', 'not seen yet')] });
  const { rows: third } = await opened.database.sql.query("SELECT id FROM conversations WHERE bot_id = $1 AND chat_id = 'c'", [
    shop.botId,
  ]);
  await staff.takeOver(shop.tenantId, shop.botId, third[0]?.id);

  expect((await rows()).map(({ kind, question }) => [kind, question])).toEqual([
    ['wrote', 'are you there?'],
    ['wrote', 'hello, five loaves please'],
    ['failed', 'lost?'],
    ['wrote', 'not seen yet'],
  ]);
});

test('a turn that is tried again after a kill is one row', async () => {
  const line = pipeline(opened.database, { composer: { compose: async () => aiSays('unknown', 'price?') } });
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', 'price?')] });
  line.fails.push(new Error('killed'));
  await expect(line.answer((await claimWork(opened.database))[0] ?? NO_WORK)).rejects.toThrow('killed');
  await line.answer((await claimWork(opened.database))[0] ?? NO_WORK);
  expect(await rows()).toHaveLength(1);
});

test('listeners are told when the reply is saved', async () => {
  const client = opened.database.dedicatedClient();
  await client.connect();
  await client.query('LISTEN botfactory');
  const heard = new Promise((resolve) => {
    client.on('notification', ({ payload }) => payload?.startsWith('attention') && resolve(payload));
  });
  await say(aiSays('unknown', 'x?'), textMessage('a', 'x?'));
  expect(await heard).toBe('attention:');
  await client.end();
});

test('what a customer deletes, and who is erased, leaves no row', async () => {
  await say(aiSays('unknown', 'my diagnosis?'), textMessage('a', 'my diagnosis?', { externalId: 'gone' }));
  await createDeletionsRepo(opened)(shop.connectionId, ['gone']);
  expect(await rows()).toEqual([]);

  await say(aiSays('unknown', 'price?'), textMessage('a', 'price?'));
  expect(await rows()).toHaveLength(1);
  const customer = await opened.database.sql.query('SELECT id FROM customers WHERE bot_id = $1', [shop.botId]);
  const of = { tenantId: shop.tenantId, botId: shop.botId, customerId: customer.rows[0]?.id };
  await removeCustomerMessages(opened.database.sql, of);
  expect(await rows()).toEqual([]);
  await removeCustomer(opened.database.sql, of);
});
