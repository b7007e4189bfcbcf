import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectChannel } from '#channels/channels.ts';
import { instagram } from '../../../src/channels/instagram/instagram.channel.ts';
import { splitText } from '../../../src/core/split-text.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';

let graph: GraphEmulator;
let account: GraphAccount;
let adapter: ReturnType<typeof connectChannel>;
const customer = '6843250472390123';

beforeAll(async () => {
  graph = await startGraphEmulator();
  adapter = connectChannel(instagram, { META_GRAPH_URL: graph.url });
});
beforeEach(() => {
  account = graph.addInstagram({
    id: `17841${Math.floor(Math.random() * 1e12)}`,
    token: `IGAA${Math.random()}`,
    appSecret: 'secret',
  });
  account.lastInboundMs.set(customer, Date.now());
});
afterEach(() => graph.heal());
afterAll(() => graph.close());

const own = (changes: object = {}) => ({ instagramAccessToken: account.token, instagramAccountId: account.id, ...changes });
const send = (text: string, chatId = customer) => adapter.sendText(own(), chatId, text);

test('a text goes out as it is and gives its mid', async () => {
  expect(await send('**Narxi** `15 000` soʻm')).toEqual({ ok: true, externalId: account.sent[0]?.externalId });
  expect(account.sent[0]?.text).toBe('**Narxi** `15 000` soʻm');
});

test('a long Cyrillic answer goes out in parts of at most 1,000 bytes, at sentences', async () => {
  const sentence = 'Доставка по городу стоит пятнадцать тысяч сумов и занимает один час. ';
  const parts = splitText(sentence.repeat(20), adapter.textLimit);
  for (const part of parts) expect(await send(part)).toMatchObject({ ok: true });

  expect(parts.length).toBeGreaterThan(2);
  expect(parts.every((part) => part.endsWith('час.'))).toBe(true);
  expect(await send('я'.repeat(501))).toEqual({ ok: false, reason: 'rejected' });
});

test('the check takes either id of the account and keeps the one that webhooks carry', async () => {
  const known = { ok: true, accountId: account.id, displayName: 'Oltin Non', username: 'oltin.non' };
  expect(await adapter.check(own())).toEqual(known);
  expect(await adapter.check(own({ instagramAccountId: `9${account.id}` }))).toEqual(known);
  expect(await adapter.check(own({ instagramAccountId: '17841400000000000' }))).toEqual({ ok: false, reason: 'rejected' });
  expect(await adapter.check(own({ instagramAccessToken: 'IGwrong' }))).toEqual({ ok: false, reason: 'token_revoked' });
});

test('typing and read are sent by chat id', async () => {
  await adapter.showTyping(own(), customer);
  await adapter.markRead(own(), customer, 'mid');
  expect([account.typing, account.read]).toEqual([[customer], [customer]]);
});

test('a customer’s profile has name and username; a stranger’s is refused', async () => {
  account.profiles.set(customer, { name: 'Laylo', username: 'laylo.uz' });
  expect(await adapter.profileOf?.(own(), customer)).toEqual({ ok: true, firstName: 'Laylo', username: 'laylo.uz' });
  expect(await adapter.profileOf?.(own(), '1111')).toEqual({ ok: false, reason: 'rejected' });
});

test('a token is renewed a day after its creation, not earlier', async () => {
  expect(await adapter.renewToken?.(own())).toEqual({ ok: false, reason: 'rejected' });
  account.tokenAtMs -= 2 * 86_400_000;
  const renewed = await adapter.renewToken?.(own());
  expect(renewed).toEqual({ ok: true, credentials: own(), expiresInMs: 60 * 86_400_000 });
});

test('an attachment is fetched from Meta’s hosts only', async () => {
  const id = graph.addMedia(account, Buffer.from('jpeg'), 'image/jpeg');
  const base64 = Buffer.from('jpeg').toString('base64');
  expect(await adapter.fetchMedia(own(), graph.cdnUrl(id), 1_000)).toEqual({
    ok: true,
    media: { mimeType: 'image/jpeg', base64 },
  });
  for (const url of [
    'http://127.0.0.1:1/x',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    'https://fbcdn.net.evil.uz/x',
    'https://evilfbcdn.net/',
    '',
  ]) {
    expect(await adapter.fetchMedia(own(), url, 1_000)).toEqual({ ok: false, reason: 'rejected' });
  }
  expect(account.requests).toEqual([]);
});

test.each([
  [{ code: 190 }, { reason: 'token_revoked' }],
  [{ code: 10, subcode: 2018278 }, { reason: 'window_closed' }],
  [{ code: 613 }, { reason: 'rate_limited', retryAfterMs: 30_000 }],
  [{ code: 4 }, { reason: 'rate_limited', retryAfterMs: 60_000 }],
  [{ code: 551 }, { reason: 'blocked_by_customer' }],
  [{ code: 230 }, { reason: 'not_permitted' }],
  [{ code: 2, status: 500, transient: true }, { reason: 'unreachable' }],
])('the error %o becomes %o', async (error, failure) => {
  graph.fault({ accountId: account.id, fault: { kind: 'error', ...error } });
  expect(await send('Salom')).toEqual({ ok: false, ...failure });
});

const photo = (publicUrl: string | null) => ({
  handle: null,
  type: 'image/png' as const,
  content: () => Promise.reject(new Error('Meta fetches it; nobody reads it here')),
  publicUrl,
});

test('a photo is sent as the address that Meta fetches, without a caption and without its bytes', async () => {
  const url = 'https://bots.example/media/photos/1/signature.png';
  const sent = await adapter.sendRich?.(own(), customer, { text: '', photo: photo(url), button: null });
  expect(sent).toEqual({ ok: true, externalId: account.sent[0]?.externalId });
  expect(account.requests.map(({ body }) => body)).toEqual([
    { recipient: { id: customer }, message: { attachment: { type: 'image', payload: { url } } } },
  ]);
  expect(account.sent).toMatchObject([{ chatId: customer, photo: url }]);
});

test('without a public address a photo is refused before any call', async () => {
  const sent = await adapter.sendRich?.(own(), customer, { text: '', photo: photo(null), button: null });
  expect(sent).toEqual({ ok: false, reason: 'photo_refused', notSent: true });
  expect(account.requests).toEqual([]);
});

test('a link is a button under the text', async () => {
  const button = { label: 'Menyu', url: 'https://example.com/menu' };
  const sent = await adapter.sendRich?.(own(), customer, { text: '**Yangi** patir', photo: null, button });
  expect(sent).toMatchObject({ ok: true });
  expect(account.sent).toMatchObject([{ chatId: customer, text: '**Yangi** patir', button }]);
});

test.each([
  [{ code: 100, subcode: 2018047 }, 'photo_refused'],
  [{ code: 10, subcode: 2018278 }, 'window_closed'],
  [{ code: 190 }, 'token_revoked'],
] as const)('a photo that meets the error %o is %s', async (error, reason) => {
  graph.fault({ accountId: account.id, fault: { kind: 'error', ...error } });
  const sent = await adapter.sendRich?.(own(), customer, { text: '', photo: photo('https://bots.example/1.png'), button: null });
  expect(sent).toEqual({ ok: false, reason });
});

test('the emulator enforces the window and knows only customers who wrote', async () => {
  account.lastInboundMs.set(customer, Date.now() - 86_400_000);
  expect(await send('Salom')).toEqual({ ok: false, reason: 'window_closed' });
  expect(await send('Salom', '1111')).toEqual({ ok: false, reason: 'chat_gone' });
});
