import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GraphEmulator, startGraphEmulator } from '../support/graph-emulator/graph-emulator.ts';
import { instagramDelivery, instagramMessage } from '../support/graph-emulator/payloads.ts';
import { claimWork } from '../support/pipeline.ts';
import { type WebhookWorld, webhookWorld } from './webhook-world.ts';

const CUSTOMER = '6843250472390123';
let graph: GraphEmulator;
let world: WebhookWorld;
let shop: Awaited<ReturnType<WebhookWorld['connect']>>;
beforeAll(async () => {
  graph = await startGraphEmulator();
  world = await webhookWorld({ META_GRAPH_URL: graph.url });
});
beforeEach(async () => {
  shop = await world.connect('instagram');
  const { account } = shop;
  const known = graph.addInstagram({ id: account.id, token: account.token, appSecret: account.appSecret });
  account.messages = known.messages;
});
afterAll(async () => {
  await world.close();
  await graph.close();
});

const announce = (mid: string, numEdit: number | string = 0) =>
  world.deliver(
    shop.account,
    instagramDelivery(shop.account, [{ timestamp: Date.now(), message_edit: { mid, num_edit: numEdit } }]),
  );
const people = () => ({
  from: { id: CUSTOMER, username: 'laylo.uz' },
  to: { data: [{ id: shop.account.id, username: 'oltin.non' }] },
});
const stored = async () =>
  (
    await world.sql.query(
      `SELECT m.external_id AS id, m.kind, m.text, m.attachment, m.written_at AS at, c.username, m.direction
       FROM messages m JOIN customers c ON c.id = m.customer_id WHERE m.connection_id = $1 ORDER BY m.id`,
      [shop.shop.connectionId],
    )
  ).rows;

test.each([
  ['words', { message: 'Somsa bormi?' }, { kind: 'text', text: 'Somsa bormi?', attachment: null }],
  [
    'a picture',
    { message: '', attachments: { data: [{ image_data: { url: 'https://lookaside.fbsbx.com/1', width: 10 } }] } },
    { kind: 'photo', text: '', attachment: { fileId: 'https://lookaside.fbsbx.com/1', mimeType: 'image/jpeg' } },
  ],
  [
    'a voice note',
    { message: '', attachments: { data: [{ mime_type: 'audio/mp4', file_url: 'https://lookaside.fbsbx.com/2' }] } },
    { kind: 'voice', text: '', attachment: { fileId: 'https://lookaside.fbsbx.com/2', mimeType: 'audio/mp4' } },
  ],
  [
    'a video',
    { message: 'Mana', attachments: { data: [{ video_data: { url: 'https://lookaside.fbsbx.com/3' } }] } },
    { kind: 'video', text: 'Mana', attachment: { fileId: 'https://lookaside.fbsbx.com/3', mimeType: 'video/mp4' } },
  ],
  [
    'a file',
    { attachments: { data: [{ mime_type: 'application/pdf', name: 'a.pdf', file_url: 'https://lookaside.fbsbx.com/4' }] } },
    { kind: 'document', text: '', attachment: { fileId: 'https://lookaside.fbsbx.com/4' } },
  ],
])('an announced message is fetched, once: %s', async (_name, content, expected) => {
  shop.account.messages.set('mid.new', { created_time: '2026-11-24T12:30:15+0000', ...people(), ...content });
  expect((await announce('mid.new')).status).toBe(200);
  expect((await announce('mid.new', '0')).status).toBe(200);

  expect(await stored()).toEqual([
    { id: 'mid.new', ...expected, at: new Date('2026-11-24T12:30:15Z'), username: 'laylo.uz', direction: 'in' },
  ]);
});

test('an announced message of a person in the app silences the bot like any echo', async () => {
  const { from, to } = people();
  shop.account.messages.set('mid.app', {
    created_time: '2026-11-24T12:30:15+0000',
    from: to.data[0],
    to: { data: [from] },
    message: 'Ha',
  });
  await announce('mid.app');
  expect((await shop.messages()).map(({ direction, text, mode }) => [direction, text, mode])).toEqual([['out', 'Ha', 'person']]);
});

test('an announced message that is gone is left out; the good ones of the delivery are kept', async () => {
  const good = instagramMessage(shop.account, { from: CUSTOMER, text: 'Non bormi?' }).event;
  const gone = { timestamp: Date.now(), message_edit: { mid: 'mid.gone', num_edit: 0 } };
  const delivery = instagramDelivery(shop.account, [gone, good]);
  expect((await world.deliver(shop.account, delivery)).status).toBe(200);
  expect((await shop.messages()).map(({ text }) => text)).toEqual(['Non bormi?']);
});

test('while Meta cannot tell what an announced message says, it is asked to announce it again', async () => {
  graph.fault({ path: 'mid.later', fault: { kind: 'error', code: 2, status: 500, transient: true } });
  shop.account.messages.set('mid.later', { created_time: '2026-11-24T12:30:15+0000', ...people(), message: 'Tort?' });
  expect((await announce('mid.later')).status).toBe(503);
  graph.heal();
  expect((await announce('mid.later')).status).toBe(200);
  expect((await shop.messages()).map(({ text }) => text)).toEqual(['Tort?']);
});

test('what a message answers is kept with it; of an earlier message its words', async () => {
  const send = (text: string, message: object, externalId?: string) =>
    world.deliver(
      shop.account,
      instagramDelivery(shop.account, [
        instagramMessage(shop.account, { from: CUSTOMER, text, message: { ...message }, ...(externalId && { externalId }) })
          .event,
      ]),
    );
  await send('Medovik qancha?', {}, 'mid.first');
  await send('Shu-chi?', { reply_to: { mid: 'mid.first' } });
  const attachments = [{ type: 'ig_post', payload: { title: 'Napoleon 95 000 soʻm', url: 'https://lookaside.fbsbx.com/5' } }];
  await send('Bunisi?', { attachments });
  const { rows } = await world.sql.query<{ refers_to: object | null }>(
    'SELECT refers_to FROM messages WHERE connection_id = $1 ORDER BY id',
    [shop.shop.connectionId],
  );
  expect(rows.map(({ refers_to: refersTo }) => refersTo)).toEqual([
    null,
    expect.objectContaining({ kind: 'message', text: 'Medovik qancha?' }),
    { kind: 'post', text: 'Napoleon 95 000 soʻm' },
  ]);
});

test('a heart and a note to self ask for no answer', async () => {
  const heart = instagramMessage(shop.account, {
    from: CUSTOMER,
    message: { attachments: [{ type: 'like_heart', payload: {} }] },
  });
  const note = instagramMessage(shop.account, { from: shop.account.id, text: 'eslatma', message: { is_self: true } });
  await world.sql.query('DELETE FROM conversation_work');
  await world.deliver(shop.account, instagramDelivery(shop.account, [heart.event, note.event]));
  expect((await shop.messages()).map(({ text, status }) => [text, status])).toEqual([['', 'ignored']]);
  expect(await claimWork(world)).toEqual([]);
});
