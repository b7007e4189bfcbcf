import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  instagramDelivery,
  instagramEcho,
  instagramMessage,
  whatsappDelivery,
  whatsappMessage,
  whatsappStatus,
} from '../support/graph-emulator/payloads.ts';
import { claimWork, pipeline } from '../support/pipeline.ts';
import { type WebhookWorld, webhookWorld } from './webhook-world.ts';

const CUSTOMER = '998901112233';
let world: WebhookWorld;
let shop: Awaited<ReturnType<WebhookWorld['connect']>>;
beforeAll(async () => {
  world = await webhookWorld();
});
beforeEach(async () => {
  await world.sql.query('DELETE FROM conversation_work');
});
afterAll(() => world.close());

const deliver = (payload: unknown) => world.deliver(shop.account, payload);
const writes = (text: string, externalId?: string) =>
  shop.account.kind === 'whatsapp'
    ? deliver(whatsappDelivery(shop.account, whatsappMessage({ from: CUSTOMER, text, ...(externalId && { externalId }) }).value))
    : deliver(
        instagramDelivery(shop.account, [
          instagramMessage(shop.account, { from: CUSTOMER, text, ...(externalId && { externalId }) }).event,
        ]),
      );

/** A conversation whose customer wrote, with a reply of ours in this state. */
async function withReply(
  kind: 'whatsapp' | 'instagram',
  status: string,
  { externalId = 'ours', text = 'AI: Salom', mode = 'ai' } = {},
) {
  shop = await world.connect(kind);
  await writes('Salom', 'theirs');
  await world.sql.query(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, direction, kind, text, status, mode, external_id)
     SELECT tenant_id, id, connection_id, 'out', 'text', $2, $3::"MessageStatus", $5, $4 FROM conversations WHERE connection_id = $1`,
    [shop.shop.connectionId, text, status, externalId, mode],
  );
}
const reply = async () => (await shop.messages()).find(({ direction }) => direction === 'out');
const says = (word: string, id = 'ours', errors?: { code: number; title: string }[]) =>
  deliver(whatsappDelivery(shop.account, whatsappStatus(id, CUSTOMER, word, errors)));
const echo = (mid: string, text: string) =>
  deliver(instagramDelivery(shop.account, [instagramEcho(shop.account, CUSTOMER, { mid, text })]));
const conversation = async () =>
  (
    await world.sql.query<{ silent: boolean }>(
      "SELECT coalesce(silenced_until > now() + interval '59 minutes', false) AS silent FROM conversations WHERE connection_id = $1",
      [shop.shop.connectionId],
    )
  ).rows[0];

test.each([
  [['sent', 'delivered', 'read'], 'read'],
  [['read', 'delivered', 'sent'], 'read'],
  [['delivered', 'sent'], 'delivered'],
  [['delivered', 'failed'], 'delivered'],
  [['failed', 'delivered', 'read'], 'failed'],
  [['played'], 'read'],
  [['deleted', 'warning'], 'sent'],
])('after the receipts %j, one by one, the message is %s', async (words, state) => {
  await withReply('whatsapp', 'sent');
  for (const word of words) await says(word);
  expect((await reply())?.status).toBe(state);
});

test.each([
  [['delivered', 'sent', 'read']],
  [['read', 'failed']],
])('the receipts %j in one delivery leave the furthest state', async (words) => {
  await withReply('whatsapp', 'sent');
  const statuses = words.flatMap((word) => whatsappStatus('ours', CUSTOMER, word).statuses);
  await deliver(whatsappDelivery(shop.account, { statuses }));
  expect((await reply())?.status).toBe('read');
});

test('a failed message has its reason, and a receipt that a business can sign returns no charge', async () => {
  await withReply('whatsapp', 'sent');
  await world.sql.query(
    `WITH charged AS (UPDATE messages SET charged_month = date_trunc('month', now()) WHERE connection_id = $1 AND direction = 'out')
     INSERT INTO usage_months (tenant_id, month, ai_answers) VALUES ($2, date_trunc('month', now()), 1)`,
    [shop.shop.connectionId, shop.shop.tenantId],
  );
  await says('failed', 'ours', [{ code: 131047, title: 'Re-engagement message' }]);

  expect(await reply()).toMatchObject({ status: 'failed', reason: 'window_closed' });
  const { rows } = await world.sql.query('SELECT ai_answers AS n FROM usage_months WHERE tenant_id = $1', [shop.shop.tenantId]);
  expect(rows[0]?.['n']).toBe(1);
});

test('a failure of the whole account is noted for the connection’s health card', async () => {
  await withReply('whatsapp', 'sent');
  await says('failed', 'ours', [{ code: 131042, title: 'Business eligibility payment issue' }]);
  const { rows } = await world.sql.query('SELECT last_error AS error FROM connections WHERE id = $1', [shop.shop.connectionId]);
  expect(rows).toEqual([{ error: 'payment_required' }]);
});

test('a receipt for any part of a reply counts; one for an unknown message changes nothing', async () => {
  await withReply('whatsapp', 'sent', { externalId: 'one,ours,three' });
  expect((await says('delivered', 'two')).status).toBe(200);
  expect((await reply())?.status).toBe('sent');
  await says('delivered', 'three');
  expect((await reply())?.status).toBe('delivered');
});

test('a receipt does not change a message that is being sent', async () => {
  await withReply('whatsapp', 'sending', { externalId: 'ours' });
  await says('read');
  expect((await reply())?.status).toBe('sending');
});

test('Instagram says read by the message’s id', async () => {
  await withReply('instagram', 'sent');
  const event = { sender: { id: CUSTOMER }, recipient: { id: shop.account.id }, timestamp: 1, read: { mid: 'ours' } };
  await deliver(instagramDelivery(shop.account, [event]));
  expect((await reply())?.status).toBe('read');
});

test.each([
  ['known by its id', 'sent', 'ours', 'whatever'],
  ['overtaking the answer to the call, known by its words', 'sending', 'not-yet-known', 'Salom! Narxi 15 000'],
  ['a part of a longer reply on its way', 'sending', 'not-yet-known', 'Narxi 15 000'],
  ['of a send whose answer was lost', 'unconfirmed', 'never-known', 'Salom! Narxi 15 000'],
  ['of a send that a process died over, and that was sent again since', 'sent', 'never-known', 'Salom! Narxi 15 000'],
])('an echo of our own message, %s, changes nothing', async (_name, status, mid, text) => {
  await withReply('instagram', status, { text: 'Salom! **Narxi** 15 000' });
  const before = [await shop.messages(), await conversation()];
  expect((await echo(mid, text)).status).toBe(200);
  expect([await shop.messages(), await conversation()]).toEqual(before);
});

test('the echo of a staff reply written here is ignored', async () => {
  await withReply('instagram', 'sent', { text: 'Hozir qarab beraman', mode: 'person' });
  const before = [await shop.messages(), await conversation()];
  await echo('ours', 'Hozir qarab beraman');
  expect([await shop.messages(), await conversation()]).toEqual(before);
});

test('a staff answer in the app is stored, answers waiting messages and silences the bot', async () => {
  await withReply('instagram', 'sent');
  await writes('Yana bir savol');
  const [work] = await claimWork(world);
  await echo('persons', 'Hozir qarab beraman');

  expect((await shop.messages()).map(({ text, status, mode }) => [text, status, mode])).toEqual([
    ['Salom', 'answered', null],
    ['AI: Salom', 'sent', 'ai'],
    ['Yana bir savol', 'answered', null],
    ['Hozir qarab beraman', 'sent', 'person'],
  ]);
  expect(await conversation()).toEqual({ silent: true });
  const { rows } = await world.sql.query('SELECT epoch FROM conversation_work WHERE state = $1', ['ready']);
  expect(rows, 'the worker lost the conversation').toEqual([{ epoch: expect.any(Number) }]);
  expect(rows[0]?.['epoch']).toBeGreaterThan(work?.epoch ?? 0);
});

test('a few words equal to the bot’s are still a person’s message', async () => {
  await withReply('instagram', 'sent', { text: 'Salom! Narxi 15 000' });
  await echo('persons', 'Salom!');
  expect((await conversation())?.silent).toBe(true);
});

test('the same echo delivered ten times at once is kept once', async () => {
  await withReply('instagram', 'sent');
  await Promise.all(Array.from({ length: 10 }, () => echo('persons', 'Hozir')));
  expect((await shop.messages()).filter(({ mode }) => mode === 'person')).toHaveLength(1);
});

test('in a taken-over conversation the bot is silent; afterwards it answers again', async () => {
  await withReply('instagram', 'sent');
  await echo('persons', 'Hozir');
  await writes('Rahmat!');
  const { answer, sent } = pipeline(world.container.database, { channels: channelsOf() });
  for (const job of await claimWork(world)) await answer(job);
  expect([(await shop.messages()).at(-1)?.status, sent]).toEqual(['for_person', []]);

  await world.sql.query("UPDATE conversations SET silenced_until = now() - interval '1 second' WHERE connection_id = $1", [
    shop.shop.connectionId,
  ]);
  await world.sql.query('DELETE FROM conversation_work');
  await writes('Ish vaqti qanday?');
  const later = pipeline(world.container.database, { channels: channelsOf() });
  for (const job of await claimWork(world)) await later.answer(job);
  expect((await shop.messages()).at(-1)).toMatchObject({ direction: 'out', text: 'AI: Ish vaqti qanday?', status: 'sent' });
});

test('a person who writes first, in the phone’s app, makes the conversation', async () => {
  shop = await world.connect('whatsapp');
  const message_echoes = [
    { from: '998712000000', to: CUSTOMER, id: 'wamid.first', timestamp: '1', type: 'text', text: { body: 'Assalomu alaykum' } },
  ];
  await deliver(whatsappDelivery(shop.account, { message_echoes }, 'smb_message_echoes'));
  await writes('Vaalaykum');

  expect((await shop.messages()).map(({ text, mode }) => [text, mode])).toEqual([
    ['Assalomu alaykum', 'person'],
    ['Vaalaykum', null],
  ]);
  expect((await conversation())?.silent).toBe(true);
});

test('a withdrawn message is erased and not answered', async () => {
  shop = await world.connect('instagram');
  await writes('parolim 1234', 'secret');
  await deliver(
    instagramDelivery(shop.account, [
      {
        sender: { id: CUSTOMER },
        recipient: { id: shop.account.id },
        timestamp: 1,
        message: { mid: 'secret', is_deleted: true },
      },
    ]),
  );
  expect(await shop.messages()).toMatchObject([{ text: '', status: 'ignored' }]);
});

test('a message that comes after its withdrawal is neither shown nor answered; another of the same customer is', async () => {
  shop = await world.connect('instagram');
  await deliver(
    instagramDelivery(shop.account, [
      {
        sender: { id: CUSTOMER },
        recipient: { id: shop.account.id },
        timestamp: 1,
        message: { mid: 'early', is_deleted: true },
      },
    ]),
  );
  await writes('parolim 1234', 'early');
  await writes('Salom', 'later');
  expect(await shop.messages()).toMatchObject([
    { text: '', status: 'ignored' },
    { text: 'Salom', status: 'received' },
  ]);
});

test('on WhatsApp too, whichever of the two ids each names', async () => {
  shop = await world.connect('whatsapp');
  const userId = 'UZ.77early';
  await deliver(
    whatsappDelivery(shop.account, whatsappMessage({ from: CUSTOMER, userId, externalId: 'wamid.1', text: 'Salom' }).value),
  );
  const revoke = whatsappMessage({
    from: userId,
    externalId: 'wamid.3',
    type: 'revoke',
    content: { original_message_id: 'wamid.2' },
  });
  await deliver(whatsappDelivery(shop.account, revoke.value));
  await deliver(
    whatsappDelivery(shop.account, whatsappMessage({ from: CUSTOMER, userId, externalId: 'wamid.2', text: 'sir' }).value),
  );
  expect(await shop.messages()).toMatchObject([
    { text: 'Salom', status: 'received' },
    { text: '', status: 'ignored' },
  ]);
  const people = await world.sql.query('SELECT 1 FROM customers WHERE connection_id = $1', [shop.shop.connectionId]);
  expect(people.rows).toHaveLength(1);
});

test('a withdrawn message takes the words along that the AI made of it', async () => {
  await withReply('instagram', 'sent');
  await world.sql.query("UPDATE messages SET ai_missing = 'Salom?' WHERE connection_id = $1 AND direction = 'out'", [
    shop.shop.connectionId,
  ]);
  const gone = { mid: 'theirs', is_deleted: true };
  await deliver(
    instagramDelivery(shop.account, [
      { sender: { id: CUSTOMER }, recipient: { id: shop.account.id }, timestamp: 1, message: gone },
    ]),
  );
  const { rows } = await world.sql.query('SELECT text, ai_missing FROM messages WHERE connection_id = $1 ORDER BY id', [
    shop.shop.connectionId,
  ]);
  expect(rows).toEqual([
    { text: '', ai_missing: null },
    { text: 'AI: Salom', ai_missing: null },
  ]);
});

test('a reaction is kept for the owner; nobody works on it', async () => {
  await withReply('whatsapp', 'sent');
  await world.sql.query('DELETE FROM conversation_work');
  const content = { message_id: 'ours', emoji: '👍' };
  await deliver(whatsappDelivery(shop.account, whatsappMessage({ from: CUSTOMER, type: 'reaction', content }).value));

  expect((await shop.messages()).at(-1)).toMatchObject({ direction: 'in', text: '', status: 'ignored' });
  expect(await claimWork(world)).toEqual([]);
});

/** The fake channel on the platform of the connection in hand. */
function channelsOf() {
  const none = { telegram: undefined, instagram: undefined, whatsapp: undefined };
  return {
    ...none,
    [shop.account.kind]: {
      ...world.container.channels[shop.account.kind],
      sendText: async () => ({ ok: true, externalId: 'x' }),
    },
  } as never;
}
