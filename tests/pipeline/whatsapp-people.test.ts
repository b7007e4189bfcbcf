// One person on WhatsApp: by phone number and by user id, after both changed, and what they want of advertising.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whatsappDelivery, whatsappMessage, whatsappStatus } from '../support/graph-emulator/payloads.ts';
import { webhookWorld } from './webhook-world.ts';

let world: Awaited<ReturnType<typeof webhookWorld>>;
type Connected = Awaited<ReturnType<typeof world.connect>>;
let shop: Connected;
beforeAll(async () => {
  world = await webhookWorld();
  shop = await world.connect('whatsapp');
});
afterAll(() => world.close());

async function deliver(value: Record<string, unknown>, field = 'messages'): Promise<void> {
  const answer = await world.deliver(shop.account, whatsappDelivery(shop.account, value, field));
  expect(answer.status).toBe(200);
}
const writes = (message: Parameters<typeof whatsappMessage>[0]) => deliver(whatsappMessage(message).value);

interface Known {
  id: string;
  otherId: string | null;
  out: boolean;
  texts: string[];
}

/** The shop's customers with what each wrote. */
async function customers(): Promise<Known[]> {
  const { rows } = await world.sql.query<Known>(
    `SELECT c.platform_user_id AS id, c.other_id AS "otherId", c.opted_out_at IS NOT NULL AS out,
       array(SELECT m.text FROM messages m JOIN conversations v ON v.id = m.conversation_id
         WHERE v.connection_id = c.connection_id AND v.chat_id = c.platform_user_id ORDER BY m.id) AS texts
     FROM customers c WHERE c.connection_id = $1 ORDER BY c.created_at, c.id`,
    [shop.shop.connectionId],
  );
  return rows;
}
const customer = async (id: string) => (await customers()).filter((one) => one.id === id || one.otherId === id);

let number = 998_901_000_000;
const newPerson = () => {
  number += 1;
  return { from: String(number), userId: `UZ.${number}abc` };
};

test('a person is found by number, by user id, and by both', async () => {
  const { from, userId } = newPerson();
  await writes({ from, userId, text: 'one' });
  await writes({ from: userId, text: 'two' });
  await writes({ from, userId, text: 'three' });

  expect(await customer(from)).toEqual([{ id: from, otherId: userId, out: false, texts: ['one', 'two', 'three'] }]);
});

test('whose number came later stays who they were; their chat is the user id’s', async () => {
  const { from, userId } = newPerson();
  await writes({ from: userId, text: 'one' });
  await writes({ from, userId, text: 'two' });
  await writes({ from, userId, text: 'three' });

  expect(await customer(from)).toEqual([{ id: userId, otherId: from, out: false, texts: ['one', 'two', 'three'] }]);
});

test('both forms within one delivery are one new person', async () => {
  const { from, userId } = newPerson();
  const [both, alone] = [whatsappMessage({ from, userId, text: 'one' }), whatsappMessage({ from: userId, text: 'two' })];
  await deliver({ contacts: both.value.contacts, messages: [...both.value.messages, ...alone.value.messages] });

  expect(await customer(from)).toEqual([{ id: from, otherId: userId, out: false, texts: ['one', 'two'] }]);
});

const other = { from: '998907770011', userId: 'UZ.777' };
test.each([
  [
    'a new user id, told by its field',
    (was: typeof other) => [
      'user_id_update',
      { user_id_update: [{ wa_id: was.from, user_id: { previous: was.userId, current: 'UZ.new1' } }] },
    ],
    { text: 'after', from: 'UZ.new1' },
  ],
  [
    'a new number and user id, told by a system message',
    (was: typeof other) => [
      'messages',
      {
        messages: [
          {
            from: was.from,
            id: 'wamid.sys2',
            type: 'system',
            system: {
              type: 'user_changed_user_id',
              body: `User D changed from ${was.userId} to UZ.new2`,
              wa_id: '998905550002',
              user_id: 'UZ.new2',
            },
          },
        ],
      },
    ],
    { text: 'after', from: '998905550002', userId: 'UZ.new2' },
  ],
  [
    'a new number, in the older form',
    (was: typeof other) => [
      'messages',
      {
        messages: [
          {
            from: was.from,
            id: 'wamid.sys3',
            type: 'system',
            system: { type: 'user_changed_number', new_wa_id: '998905550003' },
          },
        ],
      },
    ],
    { text: 'after', from: '998905550003' },
  ],
  [
    'only the new user id is told, and the words name the old one',
    (was: typeof other) => [
      'messages',
      {
        messages: [
          {
            id: 'wamid.sys4',
            type: 'system',
            system: { type: 'user_changed_user_id', body: `User D changed from ${was.userId} to UZ.new4`, user_id: 'UZ.new4' },
          },
        ],
      },
    ],
    { text: 'after', from: 'UZ.new4' },
  ],
  [
    'a number of another country, in words alone',
    (was: typeof other) => [
      'messages',
      {
        messages: [
          {
            from: was.from,
            id: 'wamid.sys5',
            type: 'system',
            system: { type: 'customer_changed_number', body: `User D changed from ${was.from} to 77015550005` },
          },
        ],
      },
    ],
    { text: 'after', from: '77015550005' },
  ],
])('history and opt-out are kept: %s', async (_, change, after) => {
  const was = newPerson();
  await writes({ ...was, text: 'before' });
  await deliver({ user_preferences: [{ wa_id: was.from, category: 'marketing_messages', value: 'stop' }] }, 'user_preferences');
  const [field, value] = change(was) as [string, Record<string, unknown>];
  await deliver(value, field);
  await writes(after);

  expect(await customer(after.from)).toMatchObject([{ out: true, texts: ['before', 'after'] }]);
});

test('a number that has written already takes over the conversation and the opt-out', async () => {
  const [was, now] = [newPerson(), newPerson()];
  await writes({ ...was, text: 'old' });
  await writes({ ...now, text: 'new' });
  await deliver({ user_preferences: [{ user_id: was.userId, value: 'stop' }] }, 'user_preferences');
  await deliver({
    messages: [{ from: was.from, id: 'wamid.s', type: 'system', system: { type: 'user_changed_number', wa_id: now.from } }],
  });

  expect(await customer(now.from)).toMatchObject([{ out: true, texts: ['old', 'new'] }]);
  expect(await customer(was.from)).toEqual([]);
});

/** Two customers of one person, as before both ids came with every message. */
async function twoOfOne() {
  const { from, userId } = newPerson();
  await writes({ from: userId, text: 'by the user id' });
  await writes({ from, userId: `UZ.${from}other`, text: 'by the number' });
  await world.sql.query('UPDATE customers SET other_id = NULL WHERE connection_id = $1 AND platform_user_id = $2', [
    shop.shop.connectionId,
    from,
  ]);
  return { from, userId };
}

test('two customers who are proven to be one person become one, with all that was said, noted and asked for', async () => {
  const { from, userId } = await twoOfOne();
  const conversations = `SELECT id, tenant_id FROM conversations WHERE connection_id = $1 AND chat_id = $2`;
  const { rows } = await world.sql.query<{ id: string; tenant_id: string }>(conversations, [shop.shop.connectionId, userId]);
  const { id, tenant_id: tenant } = rows[0] as { id: string; tenant_id: string };
  await world.sql.query(
    `INSERT INTO notes (tenant_id, conversation_id, customer_id, author_id, text)
     SELECT $1, $2, customer_id, gen_random_uuid(), 'likes tea' FROM conversations WHERE id = $2`,
    [tenant, id],
  );
  await world.sql.query("UPDATE conversations SET needs_person_at = now(), needs_person_why = 'asked' WHERE id = $1", [id]);
  await world.sql.query(
    `WITH field AS (INSERT INTO customer_fields (id, tenant_id, name, name_key) VALUES (gen_random_uuid(), $1, 'Home', 'home') RETURNING id)
     INSERT INTO customer_values (customer_id, field_id, tenant_id, value)
     SELECT v.customer_id, field.id, $1, 'Chorsu' FROM field, conversations v WHERE v.id = $2`,
    [tenant, id],
  );
  // With one other account the person is still linked; the two that become one are not.
  const third = newPerson();
  await writes({ ...third, text: 'third' });
  await world.sql.query(
    `WITH person AS (SELECT gen_random_uuid() AS id)
     INSERT INTO person_links (customer_id, tenant_id, person_id)
     SELECT c.id, $1, person.id FROM person, customers c WHERE c.connection_id = $2 AND c.platform_user_id = ANY($3)`,
    [tenant, shop.shop.connectionId, [userId, third.from]],
  );
  await deliver({ user_preferences: [{ user_id: userId, value: 'stop' }] }, 'user_preferences');

  await writes({ from, userId, text: 'with both' });

  expect(await customer(from)).toEqual([
    { id: from, otherId: userId, out: true, texts: ['by the user id', 'by the number', 'with both'] },
  ]);
  const { rows: kept } = await world.sql.query(
    `SELECT c.needs_person_why AS why, (SELECT count(*)::int FROM messages m WHERE m.conversation_id = c.id AND m.customer_id = p.id) AS said,
       (SELECT array_agg(v.value) FROM customer_values v WHERE v.customer_id = p.id) AS fields,
       (SELECT count(*)::int FROM person_links l JOIN person_links o USING (person_id) WHERE l.customer_id = p.id) AS linked,
       (SELECT array_agg(n.text) FROM notes n WHERE n.conversation_id = c.id AND n.customer_id = p.id) AS notes,
       (SELECT count(*)::int FROM conversation_work w WHERE w.conversation_id = c.id) AS work
     FROM conversations c JOIN customers p ON p.id = c.customer_id
     WHERE c.connection_id = $1 AND c.chat_id = ANY($2)`,
    [shop.shop.connectionId, [from, userId]],
  );
  expect(kept).toEqual([{ why: 'asked', said: 3, fields: ['Chorsu'], linked: 2, notes: ['likes tea'], work: 1 }]);
});

test('the same delivered ten times at once makes one customer, and no message is lost', async () => {
  const { from, userId } = await twoOfOne();
  await Promise.all(Array.from({ length: 10 }, (_, at) => writes({ from, userId, text: `m${at}` })));
  const [person, ...others] = await customer(from);
  expect(others).toEqual([]);
  expect(person?.texts.toSorted()).toEqual(
    [...Array.from({ length: 10 }, (_, at) => `m${at}`), 'by the number', 'by the user id'].toSorted(),
  );
});

test('a number whose customer is known by another user id is not taken for the same person', async () => {
  const [one, two] = [newPerson(), newPerson()];
  await writes({ ...one, text: 'one' });
  await writes({ from: two.userId, text: 'two' });
  await writes({ from: one.from, userId: two.userId, text: 'three' });
  expect(await customer(two.userId)).toHaveLength(2);
});

test.each([
  ['stop by number', { wa: true }, 'stop', true],
  ['stop by user id', { user: true }, 'stop', true],
  ['stop by both', { wa: true, user: true }, 'stop', true],
  ['stop and resume', { wa: true }, 'stop resume', false],
  ['resume alone', { wa: true }, 'resume', false],
  ['another value', { wa: true }, 'maybe', false],
])('a preference: %s', async (_, { wa, user }: { wa?: boolean; user?: boolean }, values, out) => {
  const { from, userId } = newPerson();
  await writes({ from, userId, text: 'hi' });
  for (const value of values.split(' '))
    await deliver(
      { user_preferences: [{ ...(wa && { wa_id: from }), ...(user && { user_id: userId }), value }] },
      'user_preferences',
    );

  expect(await customer(from)).toMatchObject([{ out }]);
});

async function sentTo(chatId: string, externalId: string): Promise<void> {
  await world.sql.query(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, status, mode)
     SELECT tenant_id, id, connection_id, customer_id, 'out', $2, 'text', 'ours', 'sent', 'ai' FROM conversations WHERE chat_id = $1`,
    [chatId, externalId],
  );
}
const statusOf = async (externalId: string) =>
  (
    await world.sql.query<{ status: string; reason: string | null }>(
      'SELECT status, reason FROM messages WHERE external_id = $1',
      [externalId],
    )
  ).rows[0];

test.each([
  ['Argentina', '5491155550100', '541155550100'],
  ['Mexico', '5215555550100', '525555550100'],
  ['Brazil', '5511987654321', '551187654321'],
  ['Benin', '22990011223', '2290190011223'],
  ['a user id in place of the number', '998909998877', 'UZ.someoneelse'],
])('a status for a number that is written in another way is found by the message: %s', async (_, from, told) => {
  const id = `wamid.${from}`;
  await writes({ from, userId: `XX.${from}`, text: 'hi' });
  await sentTo(from, id);
  await deliver(whatsappStatus(id, told, 'delivered'));
  await deliver(whatsappStatus(id, told, 'read'));
  await deliver(whatsappStatus(id, told, 'sent'));

  expect(await statusOf(id)).toEqual({ status: 'read', reason: null });
});

test('error 131050 opts the customer out and does not make them unreachable', async () => {
  const { from, userId } = newPerson();
  await writes({ from, userId, text: 'hi' });
  await sentTo(from, 'wamid.promo');
  await deliver(whatsappStatus('wamid.promo', from, 'failed', [{ code: 131050, title: 'User has stopped marketing messages' }]));

  expect(await customer(from)).toMatchObject([{ out: true }]);
  expect(await statusOf('wamid.promo')).toEqual({ status: 'failed', reason: 'opted_out' });
  const { rows } = await world.sql.query('SELECT 1 FROM customers WHERE platform_user_id = $1 AND unreachable_at IS NULL', [
    from,
  ]);
  expect(rows).toHaveLength(1);
});

test.each([
  'created_by_1p_bot',
  'away_message_bot',
  'greeting_bot',
])('the app’s own message (%s) is no person’s', async (type) => {
  const { from, userId } = newPerson();
  await writes({ from, userId, text: 'hi' });
  const echo = {
    from: '998712000000',
    to: from,
    id: `wamid.${type}`,
    type: 'text',
    text: { body: 'Salom! Tez orada javob beramiz.' },
  };
  await deliver({ message_echoes: [{ ...echo, message_creation_type: type }] }, 'smb_message_echoes');
  const silenced = 'SELECT 1 FROM conversations WHERE chat_id = $1 AND silenced_until > now()';
  expect((await world.sql.query(silenced, [from])).rows).toEqual([]);

  await deliver(
    { message_echoes: [{ ...echo, to_user_id: userId, to: undefined, message_creation_type: 'user' }] },
    'smb_message_echoes',
  );
  expect((await world.sql.query(silenced, [from])).rows).toHaveLength(1);
});

const refersTo = async (text: string) =>
  (await world.sql.query<{ quoted: unknown }>('SELECT refers_to AS quoted FROM messages WHERE text = $1', [text])).rows[0]
    ?.quoted;

test('a quoted message is found by its id: ours, one of several parts, the customer’s own; an unknown one is nothing', async () => {
  const { from, userId } = newPerson();
  await writes({ from, userId, text: 'Napoleon bormi?', externalId: 'wamid.own' });
  await sentTo(from, 'wamid.first,wamid.second');
  const quoting = (text: string, id: string) => writes({ from: userId, text, more: { context: { id } } });
  await quoting('quotes ours', 'wamid.second');
  await quoting('quotes theirs', 'wamid.own');
  await quoting('quotes nothing', 'wamid.elsewhere');

  expect(await refersTo('quotes ours')).toEqual({ kind: 'message', text: 'ours', externalId: 'wamid.second' });
  expect(await refersTo('quotes theirs')).toEqual({ kind: 'message', text: 'Napoleon bormi?', externalId: 'wamid.own' });
  expect(await refersTo('quotes nothing')).toBeNull();
});

test('nobody else’s message is quoted, and a withdrawn one no longer', async () => {
  const [one, two] = [newPerson(), newPerson()];
  await writes({ ...one, text: 'secret', externalId: 'wamid.secret' });
  await writes({ ...two, text: 'peeks', more: { context: { id: 'wamid.secret' } } });
  await writes({ ...one, text: 'quotes mine', more: { context: { id: 'wamid.secret' } } });
  expect(await refersTo('peeks')).toBeNull();
  expect(await refersTo('quotes mine')).toMatchObject({ text: 'secret' });

  await writes({ ...one, type: 'revoke', content: { original_message_id: 'wamid.secret' } });
  expect(await refersTo('quotes mine')).toBeNull();
});
