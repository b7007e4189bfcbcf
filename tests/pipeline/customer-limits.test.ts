// S72: what one customer can cost a bot in a minute and on a day, in all its chats.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Composer } from '../../src/answering/answer.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { claimWork, messagesOf, NO_WORK, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

const PER_MINUTE = 2;
let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
const aProcess = () => pipeline(opened.database, { customerMessagesPerMinute: PER_MINUTE });
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = aProcess();
});
afterAll(() => opened.close());

const fromLola = (chatId: string): InboundMessage =>
  textMessage(chatId, 'price?', { sender: { platformUserId: 'lola', firstName: 'Lola', language: 'en' } });
const receive = (messages: InboundMessage[]) => line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
async function writes(message: InboundMessage, by = line): Promise<void> {
  await receive([message]);
  for (const work of await claimWork(opened.database)) await by.answer(work ?? NO_WORK);
}
const refusals = (by = line) => by.questions.map(({ aiRefusal }) => aiRefusal);

test('a customer who writes in five groups at once, of two processes, gets the answers of one', async () => {
  await writes(fromLola('group-0'));
  const other = aProcess();
  await opened.database.sql.query('UPDATE customers SET ai_minute = NULL WHERE connection_id = $1', [shop.connectionId]);
  await receive(Array.from({ length: 5 }, (_, i) => fromLola(`group-${i}`)));
  const work = await claimWork(opened.database);
  line.questions.length = 0;
  await Promise.all(work.map((one, i) => (i % 2 === 0 ? line : other).answer(one ?? NO_WORK)));

  const all = [...refusals(), ...refusals(other)];
  expect(all.filter((refusal) => refusal === null)).toHaveLength(PER_MINUTE);
  expect(all.filter((refusal) => refusal === 'customer_pause')).toHaveLength(1);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 + PER_MINUTE });
});

test('of 40 messages beyond the limit one is told to slow down, and the rest are left; after the minute the AI answers', async () => {
  for (let i = 0; i < PER_MINUTE + 40; i += 1) await writes(fromLola('a'));
  expect(refusals()).toEqual([null, null, 'customer_pause']);
  expect(line.sent).toHaveLength(PER_MINUTE + 1);
  const left = (await messagesOf(opened.database, shop)).filter(({ status }) => status === 'ignored');
  expect(left).toHaveLength(39);

  await opened.database.sql.query(
    "UPDATE customers SET ai_minute = ai_minute - interval '61 seconds', pause_told_at = pause_told_at - interval '61 seconds' WHERE connection_id = $1",
    [shop.connectionId],
  );
  for (let i = 0; i < PER_MINUTE + 3; i += 1) await writes(fromLola('a'));
  expect(refusals().slice(3)).toEqual([null, null, 'customer_pause']);
});

test('answers that the AI blocks count towards the limit', async () => {
  const composer: Composer = {
    async compose({ aiRefusal }) {
      return { text: 'KB', mode: 'knowledge', reason: aiRefusal ?? 'blocked', sources: [], ...(!aiRefusal && { blocked: true }) };
    },
  };
  line = pipeline(opened.database, { composer, customerMessagesPerMinute: PER_MINUTE });
  for (let i = 0; i < PER_MINUTE + 5; i += 1) await writes(fromLola('a'));

  const reasons = (await messagesOf(opened.database, shop)).flatMap(({ direction, reason }) =>
    direction === 'out' ? [reason] : [],
  );
  expect(reasons).toEqual(['blocked', 'blocked', 'customer_pause']);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: PER_MINUTE });
});

test('who has asked 15 minutes’ worth on a day is answered from the knowledge until the next', async () => {
  await writes(fromLola('a'));
  const day = (set: string) =>
    opened.database.sql.query(`UPDATE customers SET ai_minute = NULL, ${set} WHERE connection_id = $1`, [shop.connectionId]);
  await day(`ai_day_questions = ${15 * PER_MINUTE - 1}`);
  for (const chat of ['a', 'b']) await writes(fromLola(chat));
  await day('ai_day = ai_day - 1');
  await writes(fromLola('c'));

  expect(refusals()).toEqual([null, null, 'customer_day', null]);
});
