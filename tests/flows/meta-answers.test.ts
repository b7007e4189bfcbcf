import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphAccount, GraphEmulator } from '../support/graph-emulator/graph-emulator.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import type { Product } from '../support/product.ts';

let business: MetaBusiness;
let product: Product;
let graph: GraphEmulator;
let whatsapp: GraphAccount;
let instagram: GraphAccount;

// No Gemini key: the knowledge answers, so that every word is known beforehand.
beforeAll(async () => {
  business = await startMetaBusiness({ ai: false, env: { LOG_LEVEL: 'debug' } });
  ({ product, graph, whatsapp, instagram } = business);
});
afterAll(() => business.close());

const sentTo = (account: GraphAccount, chatId: string) => account.sent.filter((sent) => sent.chatId === chatId);
const firstReply = (account: GraphAccount, chatId: string) => graph.waitFor(() => sentTo(account, chatId)[0], 'a reply');
const stateOf = async (externalId: string): Promise<string | undefined> => {
  const text = 'SELECT status FROM messages WHERE external_id = $1';
  return (await product.installation.query<{ status: string }>(text, [externalId]))[0]?.status;
};

test('a WhatsApp customer is answered from the knowledge, and the question marked as read', async () => {
  const { externalId, status } = await graph.customerWrites(whatsapp, {
    from: '998901112233',
    text: 'Nonvoyxona soat nechada ochiladi?',
  });
  const reply = await firstReply(whatsapp, '998901112233');

  expect(status).toBe(200);
  expect(reply.text).toContain('7:00');
  expect(await graph.waitFor(() => whatsapp.read.includes(externalId))).toBe(true);
});

test('a customer without a phone number is answered by the user id', async () => {
  const from = 'UZ.13491208655302741918';
  await graph.customerWrites(whatsapp, { from, text: 'Сколько стоит доставка?', username: 'laylo.uz' });
  const reply = await firstReply(whatsapp, from);

  expect(reply).toMatchObject({ byUserId: true, text: expect.stringContaining('15 000') });
});

test('a number that is hidden later stays the same conversation', async () => {
  const [from, userId] = ['998901115577', 'UZ.77551109'];
  await graph.customerWrites(whatsapp, { from, userId, text: 'Nonvoyxona soat nechada ochiladi?' });
  await firstReply(whatsapp, from);
  await graph.customerWrites(whatsapp, { from: userId, text: 'Сколько стоит доставка?' });

  const reply = await graph.waitFor(() => sentTo(whatsapp, from)[1], 'the second reply');
  expect(reply.text).toContain('15 000');
  expect(sentTo(whatsapp, userId)).toEqual([]);
});

const order = { product_items: [{ product_retailer_id: 'SOMSA', quantity: 3, item_price: 9_750, currency: 'UZS' }] };
const form = { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"name":"Aziz","service":"Tort"}' } };
const place = { latitude: 41.3, longitude: 69.2, name: 'Chorsu', address: 'Navoiy 1' };
const cards = [
  { name: { formatted_name: 'Bobur' }, phones: [{ phone: '+998901' }, { phone: '+998902' }] },
  { name: { formatted_name: 'Lola' }, phones: [{ phone: '+998903' }] },
];
test.each([
  ['an order', 'order', order, ['3 × SOMSA', '29\u00a0250 UZS'], 'buyurtma'],
  ['a filled-in flow', 'interactive', form, ['name: Aziz', 'service: Tort'], 'maʼlumot'],
  ['a place', 'location', place, ['Chorsu', 'Navoiy 1'], 'manzil'],
  ['contacts', 'contacts', cards, ['Bobur: +998901, +998902', 'Lola: +998903'], 'kontakt'],
])('%s is acknowledged, shown and handed to a person', async (_, type, content, shown, acknowledged) => {
  const from = `9989044${type.length}0${acknowledged.length}`;
  await graph.customerWrites(whatsapp, { from, type, content, name: `Mijoz ${type}` });
  expect((await firstReply(whatsapp, from)).text).toContain(acknowledged);

  const waiting = await business.owner.get('/conversations?waiting=1');
  expect(waiting.html).toContain(`Mijoz ${type}`);
  const [row] = await product.installation.query<{ path: string; question: string }>(
    `SELECT '/bots/' || v.bot_id || '/conversations/' || v.id AS path, a.question
     FROM conversations v JOIN attention a ON a.conversation_id = v.id WHERE v.chat_id = $1`,
    [from],
  );
  const page = await business.owner.get(row?.path as string);
  for (const words of shown) {
    expect(row?.question).toContain(words);
    expect(page.html).toContain(words);
  }
});

test('an Instagram customer is answered, and an early echo of the answer is not taken for a person', async () => {
  graph.controls.echo = 'before';
  for (const text of ['Nonvoyxona qachon ochiq?', 'Сколько стоит доставка?']) {
    const before = sentTo(instagram, '6843250472390123').length;
    await graph.customerWrites(instagram, { from: '6843250472390123', text });
    await graph.waitFor(() => sentTo(instagram, '6843250472390123').length > before);
  }
  expect(sentTo(instagram, '6843250472390123').map(({ text }) => text)).toEqual([
    expect.stringContaining('7:00'),
    expect.stringContaining('15 000'),
  ]);
});

test('the owner sees who writes on Instagram, whose messages carry no names', async () => {
  instagram.profiles.set('6843250472390124', { name: 'Laylo', username: 'laylo.uz' });
  await graph.customerWrites(instagram, { from: '6843250472390124', text: 'Ish vaqti qanday?' });
  await firstReply(instagram, '6843250472390124');
  const list = () => business.owner.get('/conversations');

  await graph.waitFor(async () => (await list()).html.includes('Laylo'), 'the name');
  await graph.customerWrites(instagram, { from: '6843250472390124', text: 'Rahmat' });
  expect((await list()).html).toContain('Laylo');
});

test('statuses come back to the message', async () => {
  graph.controls.receipts = true;
  await graph.customerWrites(whatsapp, { from: '998905556677', text: 'Ish vaqti qanday?' });
  const reply = await firstReply(whatsapp, '998905556677');
  graph.controls.receipts = false;
  // The words may be quicker than our own note that it was sent; the platform's last one stands for all.
  const delivered = { statuses: [{ id: reply.externalId, status: 'read', timestamp: '1', recipient_id: '998905556677' }] };
  await graph.waitFor(async () => (await stateOf(reply.externalId)) !== undefined);
  const metadata = { phone_number_id: whatsapp.id };
  const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...delivered } }];
  await graph.deliver(whatsapp, { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] });

  expect(await stateOf(reply.externalId)).toBe('read');
});

test('no token and no secret is in the log', () => {
  const output = product.app.output();
  expect(output).toContain('webhooks');
  for (const secret of [whatsapp.token, whatsapp.appSecret, instagram.token, instagram.appSecret])
    expect(output).not.toContain(secret);
});
