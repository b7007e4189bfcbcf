import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimWork, messagesOf, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let receivers: ReturnType<typeof pipeline>['receive'][];
let turn = 0;
beforeAll(async () => {
  opened = await testDatabase();
  receivers = Array.from({ length: 4 }, () => pipeline(opened.database).receive);
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
});
afterAll(() => opened.close());

/** Each call at another one of four processes, or at the same in one batch: both must hold. */
const receive = (batch: Parameters<ReturnType<typeof pipeline>['receive']>[0]) =>
  (receivers[turn++ % 4] as (typeof receivers)[number])(batch);
const intake = (messages: ReturnType<typeof textMessage>[], leaseEpoch: number | null = null) =>
  receive({ connectionId: shop.connectionId, leaseEpoch, messages });

async function lease(epoch: number, expiresIn: string) {
  await opened.database.sql.query(
    `INSERT INTO leases (connection_id, holder, epoch, expires_at) VALUES ($1, 'me', $2, now() + $3::interval)`,
    [shop.connectionId, epoch, expiresIn],
  );
}

test('messages of one array are stored in its order, and each conversation has its work', async () => {
  await intake([textMessage('b', 'one'), textMessage('a', 'two'), textMessage('b', 'three')]);

  const messages = await messagesOf(opened.database, shop);
  expect(messages.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  const { rows } = await opened.database.sql.query(
    'SELECT first_message_id AS first, newest_message_id AS newest, requests FROM conversation_work ORDER BY 2',
  );
  expect(rows).toEqual([
    { first: messages[1]?.id, newest: messages[1]?.id, requests: 1 },
    { first: messages[0]?.id, newest: messages[2]?.id, requests: 1 },
  ]);
});

test('a redelivered message changes nothing, in the same array or a later one', async () => {
  const message = textMessage('a', 'hello');
  await intake([message, message]);
  await intake([message]);

  expect(await messagesOf(opened.database, shop)).toHaveLength(1);
  expect(await claimWork(opened.database)).toHaveLength(1);
});

test('the next message of the customer opens a conversation that was done', async () => {
  const { sql } = opened.database;
  await intake([textMessage('a', 'hello')]);
  await sql.query('UPDATE conversations SET done_at = now() WHERE connection_id = $1', [shop.connectionId]);
  await intake([textMessage('a', 'and one more thing')]);
  const { rows } = await sql.query('SELECT done_at FROM conversations WHERE connection_id = $1', [shop.connectionId]);
  expect(rows).toEqual([{ done_at: null }]);
});

test('the same message delivered twenty times at once is stored once', async () => {
  const message = textMessage('a', 'hello');
  await Promise.all(Array.from({ length: 20 }, () => intake([message])));

  expect(await messagesOf(opened.database, shop)).toHaveLength(1);
  expect(await claimWork(opened.database)).toHaveLength(1);
});

test('twenty first messages of one customer at once make one customer and one conversation', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => intake([textMessage('a', `hello ${i}`)])));

  const count = async (table: string) =>
    (await opened.database.sql.query(`SELECT 1 FROM ${table} WHERE connection_id = $1`, [shop.connectionId])).rowCount;
  expect([await count('customers'), await count('conversations'), await count('messages')]).toEqual([1, 1, 20]);
});

test('concurrent arrays over the same chats do not deadlock', async () => {
  const chats = ['a', 'b', 'c', 'd', 'e'];
  const rounds = Array.from({ length: 30 }, (_, i) =>
    intake((i % 2 ? chats : chats.toReversed()).map((chat) => textMessage(chat, `round ${i}`))),
  );
  expect(await Promise.all(rounds)).toEqual(Array(30).fill({ accepted: true }));
  expect(await messagesOf(opened.database, shop)).toHaveLength(150);
});

test.each([
  ['of another epoch', 7, '10 seconds'],
  ['that ran out', 8, '-1 seconds'],
])('a lease %s writes nothing', async (_name, epoch, expiresIn) => {
  await lease(epoch, expiresIn);

  expect(await intake([textMessage('a', 'hello')], 8)).toEqual({ accepted: false });
  expect(await messagesOf(opened.database, shop)).toEqual([]);
});

test('the lease in hand stores, and the first message ticks the connection once', async () => {
  await lease(8, '10 seconds');
  const first = async () =>
    (await opened.database.sql.query('SELECT first_message_at FROM connections WHERE id = $1', [shop.connectionId])).rows[0]?.[
      'first_message_at'
    ];

  expect(await intake([textMessage('a', 'hello')], 8)).toEqual({ accepted: true });
  const ticked = await first();
  await intake([textMessage('a', 'again')], 8);

  expect(ticked).toBeInstanceOf(Date);
  expect(await first()).toEqual(ticked);
});

test('of several connections in one statement each is stored and accepted separately', async () => {
  const [other, lost] = [await seedShop(opened.database), await seedShop(opened.database)];
  const [process] = receivers as [(typeof receivers)[number]];
  const connections = [shop, lost, other];
  const accepted = await Promise.all(
    connections.map(({ connectionId }, i) =>
      process({ connectionId, leaseEpoch: i === 1 ? 3 : null, messages: [textMessage('a', `to ${i}`)] }),
    ),
  );

  expect(accepted.map((one) => one.accepted)).toEqual([true, false, true]);
  const texts = await Promise.all(
    connections.map(async (one) => (await messagesOf(opened.database, one)).map(({ text }) => text)),
  );
  expect(texts).toEqual([['to 0'], [], ['to 2']]);
  expect(await claimWork(opened.database)).toHaveLength(2);
});

test('a connection that is gone accepts nothing', async () => {
  const gone = { connectionId: shop.tenantId, leaseEpoch: null, messages: [textMessage('a', 'hello')] };
  expect(await receive(gone)).toEqual({ accepted: false });
});

test('group messages that do not address the bot are not stored', async () => {
  await intake([
    textMessage('g', 'chatter', { isGroup: true, addressed: false }),
    textMessage('g', 'bot, hi', { isGroup: true }),
  ]);
  expect((await messagesOf(opened.database, shop)).map(({ text }) => text)).toEqual(['bot, hi']);
});

test('NUL, half an emoji and endless texts are cut to what the database and the AI can take', async () => {
  await intake([textMessage('a', `a\u0000b${'😀'.repeat(5_000)}`)]);
  const [message] = await messagesOf(opened.database, shop);

  expect(message?.text.length).toBe(8_000);
  expect(message?.text.startsWith('ab😀')).toBe(true);
  expect(message?.text.isWellFormed()).toBe(true);
});

test('a customer who comes back is reachable again and has their new name', async () => {
  await intake([textMessage('a', 'hello')]);
  await opened.database.sql.query('UPDATE customers SET unreachable_at = now() WHERE connection_id = $1', [shop.connectionId]);
  await intake([textMessage('a', 'again', { sender: { platformUserId: 'a', firstName: 'Laylo' } })]);

  const { rows } = await opened.database.sql.query(
    'SELECT first_name, language, unreachable_at FROM customers WHERE connection_id = $1',
    [shop.connectionId],
  );
  expect(rows).toEqual([{ first_name: 'Laylo', language: 'en', unreachable_at: null }]);
});

test('a message without sender details keeps the stored ones', async () => {
  await intake([textMessage('a', 'hello', { sender: { platformUserId: 'a', firstName: 'Laylo', username: 'laylo.uz' } })]);
  await intake([textMessage('a', 'again', { sender: { platformUserId: 'a' } })]);

  const { rows } = await opened.database.sql.query('SELECT first_name, username FROM customers WHERE connection_id = $1', [
    shop.connectionId,
  ]);
  expect(rows).toEqual([{ first_name: 'Laylo', username: 'laylo.uz' }]);
});
