import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectChannel } from '#channels/channels.ts';
import { whatsapp } from '../../../src/channels/whatsapp/whatsapp.channel.ts';
import { type GraphAccount, type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';

let graph: GraphEmulator;
let number: GraphAccount;
let adapter: ReturnType<typeof connectChannel>;
const TOKEN = 'EAAGm0PX4ZCpsBAoldtokenoldtokenoldtoken';
const customer = '998901112233';
const credentials = {
  whatsappAccessToken: TOKEN,
  whatsappPhoneNumberId: '106540352242922',
  whatsappAppSecret: 'shhh-its-a-secret',
};

beforeAll(async () => {
  graph = await startGraphEmulator();
  adapter = connectChannel(whatsapp, { META_GRAPH_URL: graph.url });
});
beforeEach(() => {
  number = graph.addNumber({ id: `${Math.floor(Math.random() * 1e15)}`, token: `EAA${Math.random()}`, appSecret: 'secret' });
  number.lastInboundMs.set(customer, Date.now());
});
afterEach(() => graph.heal());
afterAll(() => graph.close());

const own = () => ({ ...credentials, whatsappAccessToken: number.token, whatsappPhoneNumberId: number.id });
const send = (text: string, chatId = customer) => adapter.sendText(own(), chatId, text);

test('a text is sent as it is and returns its wamid', async () => {
  const sent = await send('**Narxi** 15 000 soʻm\n* birinchi\n[Menyu](https://oltin-non.uz)');

  expect(sent).toEqual({ ok: true, externalId: number.sent[0]?.externalId });
  expect(number.sent[0]).toMatchObject({
    chatId: customer,
    byUserId: false,
    text: '**Narxi** 15 000 soʻm\n* birinchi\n[Menyu](https://oltin-non.uz)',
  });
});

test('a customer without a phone number is addressed by the user id', async () => {
  number.lastInboundMs.set('UZ.13491208655302741918', Date.now());
  expect(await send('Salom', 'UZ.13491208655302741918')).toMatchObject({ ok: true });
  expect(number.sent[0]).toMatchObject({ chatId: 'UZ.13491208655302741918', byUserId: true });
});

test('the check returns name and number; a wrong token and a foreign number are refused', async () => {
  const check = (changes: object) => adapter.check({ ...own(), ...changes });
  const found = { whatsappBusinessAccountId: number.businessId };
  const known = { ok: true, accountId: number.id, displayName: 'Oltin Non', username: '+998 71 200 00 00' };
  expect(await check({})).toEqual({ ...known, found });
  expect(await check(found)).toEqual(known);
  expect(await check({ whatsappAccessToken: 'EAAwrong' })).toEqual({ ok: false, reason: 'token_revoked' });
  expect(await check({ whatsappPhoneNumberId: '1111111' })).toEqual({ ok: false, reason: 'rejected' });
});

test('typing marks the message as read in the same call; without a message there is no call', async () => {
  await adapter.showTyping(own(), customer, 'wamid.first');
  await adapter.markRead(own(), customer, 'wamid.second');
  await adapter.showTyping(own(), customer);
  expect([number.read, number.typing]).toEqual([['wamid.first', 'wamid.second'], ['wamid.first']]);
});

test('media is fetched with the token and a size limit; a larger or missing file is rejected', async () => {
  const id = graph.addMedia(number, Buffer.from('a voice note'), 'audio/ogg; codecs=opus');
  const base64 = Buffer.from('a voice note').toString('base64');
  expect(await adapter.fetchMedia(own(), id, 1_000)).toEqual({ ok: true, media: { mimeType: 'audio/ogg', base64 } });
  expect(await adapter.fetchMedia(own(), id, 5)).toEqual({ ok: false, reason: 'rejected' });
  expect(await adapter.fetchMedia(own(), '404', 1_000)).toEqual({ ok: false, reason: 'rejected' });
});

test.each([
  [{ code: 190, subcode: 463 }, { reason: 'token_revoked' }],
  [{ code: 131047 }, { reason: 'window_closed' }],
  [{ code: 131056 }, { reason: 'pair_limited' }],
  [{ code: 130429 }, { reason: 'rate_limited', retryAfterMs: 2_000 }],
  [{ code: 131049 }, { reason: 'marketing_limited' }],
  [{ code: 131062 }, { reason: 'user_id_refused' }],
  [{ code: 131042 }, { reason: 'payment_required' }],
  [{ code: 131031 }, { reason: 'account_restricted' }],
  [
    { code: 4, retryAfterSeconds: 30 },
    { reason: 'rate_limited', retryAfterMs: 30_000 },
  ],
  [{ code: 1, status: 500 }, { reason: 'unreachable' }],
])('the error %o becomes %o', async (error, failure) => {
  graph.fault({ accountId: number.id, fault: { kind: 'error', ...error } });
  expect(await send('Salom')).toEqual({ ok: false, ...failure });
});

test.each([{ kind: 'html', status: 502 } as const, { kind: 'reset' } as const])('%o is unreachable', async (fault) => {
  graph.fault({ accountId: number.id, fault });
  expect(await send('Salom')).toEqual({ ok: false, reason: 'unreachable' });
});

test('the emulator enforces Meta’s limits: window, length, pair', async () => {
  number.lastInboundMs.set(customer, Date.now() - 86_400_000);
  expect(await send('Salom')).toEqual({ ok: false, reason: 'window_closed' });
  number.lastInboundMs.set(customer, Date.now());
  expect(await send('x'.repeat(4_097))).toEqual({ ok: false, reason: 'rejected' });
  number.pairLimitMs = 6_000;
  expect(await send('x'.repeat(4_096))).toMatchObject({ ok: true });
  expect(await send('again')).toEqual({ ok: false, reason: 'pair_limited' });
});

test('the installation’s values fill the missing fields of a connection', async () => {
  const withDefaults = connectChannel(whatsapp, {
    META_GRAPH_URL: graph.url,
    WHATSAPP_ACCESS_TOKEN: number.token,
    WHATSAPP_PHONE_NUMBER_ID: number.id,
    WHATSAPP_APP_SECRET: 'platform',
  });
  expect(withDefaults.accountIdOf({})).toBe(number.id);
  expect(await withDefaults.sendText({}, customer, 'Salom')).toMatchObject({ ok: true });
  expect(withDefaults.webhook?.platformSecrets).toEqual(['platform']);
});

const photo = (handle: string | null) => ({
  handle,
  type: 'image/png' as const,
  content: async () => Buffer.from('89504e47', 'hex'),
  publicUrl: null,
});
const button = { label: 'Menu', url: 'https://oltin-non.uz' };

test('a photo is uploaded once and then sent by its id, under a caption or above a button', async () => {
  const first = await adapter.sendRich?.(own(), customer, { text: 'Patir', photo: photo(null), button: null });
  expect(first).toMatchObject({ ok: true, photoHandle: number.sent[0]?.photo });
  const handle = first?.photoHandle ?? '';
  expect(await adapter.sendRich?.(own(), customer, { text: 'Patir', photo: photo(handle), button })).toMatchObject({ ok: true });
  expect(number.uploads).toBe(1);
  expect(number.sent.map(({ text, photo: id, button: link }) => [text, id, link])).toEqual([
    ['Patir', handle, undefined],
    ['Patir', handle, button],
  ]);
});

test('a template reaches a customer who wrote long ago; Meta’s refusal has its reason', async () => {
  number.lastInboundMs.delete(customer);
  const body = 'Salom, {{1}}: {{2}}';
  number.templates.push({ name: 'news', language: 'uz', body, status: 'APPROVED' });
  number.templates.push({ name: 'paused', language: 'uz', body: 'Salom', status: 'PAUSED' });
  const sendTemplate = (name: string, parameters: string[], language = 'uz') =>
    adapter.sendTemplate?.(own(), customer, { name, language, parameters });

  expect(await sendTemplate('news', ['Aziz', 'patir'])).toMatchObject({ ok: true });
  expect(number.sent[0]?.text).toBe('Salom, Aziz: patir');
  expect(await sendTemplate('news', ['Aziz'])).toEqual({ ok: false, reason: 'template_parameters' });
  expect(await sendTemplate('news', ['Aziz', 'patir'], 'ru')).toEqual({ ok: false, reason: 'template_missing' });
  expect(await sendTemplate('paused', [])).toEqual({ ok: false, reason: 'template_paused' });
  expect(await sendTemplate('news', ['x'.repeat(500), 'y'.repeat(600)])).toEqual({ ok: false, reason: 'template_refused' });
});

const picture = 'https://non.uz/a.jpg';
test.each([
  ['numbers', { body: 'Salom {{1}}, {{2}}!' }, ['Aziz', '20 %'], 'Salom Aziz, 20 %!', undefined],
  ['names', { body: 'Salom {{ism}}, {{narx}} soʻm' }, ['Lola', '9 750'], 'Salom Lola, 9 750 soʻm', undefined],
  ['a picture', { body: 'Yangi', header: { format: 'IMAGE' } }, [picture], 'Yangi', [picture]],
  ['a video', { body: 'Yangi', header: { format: 'VIDEO' } }, ['https://non.uz/a.mp4'], 'Yangi', ['https://non.uz/a.mp4']],
  [
    'a document',
    { body: 'Menyu {{1}}', header: { format: 'DOCUMENT' } },
    ['https://non.uz/m.pdf', 'A'],
    'Menyu A',
    ['https://non.uz/m.pdf'],
  ],
  ['a header text', { body: 'Bor', header: { format: 'TEXT', text: '{{1}} uchun' } }, ['Siz'], 'Bor', ['Siz']],
  [
    'buttons',
    { body: 'Kod', buttons: [{ type: 'QUICK_REPLY' }, { type: 'URL', url: 'https://non.uz/{{1}}' }, { type: 'COPY_CODE' }] },
    ['aksiya', 'NON20'],
    'Kod',
    ['aksiya', 'NON20'],
  ],
  ['nothing', { body: 'Doʻkon ochiq' }, [], 'Doʻkon ochiq', undefined],
] as const)('a template with %s is listed with its fields, and taken with their values', async (_, spec, given, text, parts) => {
  number.templates.push({ name: 'news', language: 'uz', status: 'APPROVED', ...spec } as never);
  number.templates.push({ name: 'waits', language: 'uz', status: 'PENDING', body: 'x' });
  const list = await adapter.templates?.(own());
  const [form, ...others] = list?.ok ? list.templates : [];
  expect([form?.name, form?.fields.length, others]).toEqual(['news', given.length, []]);

  const values = (form?.fields ?? []).map((field, at) => ({ ...field, value: given[at] as string }));
  const sent = await adapter.sendTemplate?.(own(), customer, {
    name: 'news',
    language: 'uz',
    parameters: [],
    values: values.toReversed(),
  });
  expect(sent).toMatchObject({ ok: true });
  expect(number.sent.at(-1)).toMatchObject({ text, template: { name: 'news', ...(parts && { parts }) } });
});

test('a value that is missing is refused, and an account without rights says so', async () => {
  number.templates.push({ name: 'news', language: 'uz', status: 'APPROVED', body: '{{1}} {{2}}' });
  const values = [{ part: 'body', type: 'text', key: '1', value: 'x' }] as const;
  const template = { name: 'news', language: 'uz', parameters: [], values: [...values] };
  expect(await adapter.sendTemplate?.(own(), customer, template)).toEqual({ ok: false, reason: 'template_parameters' });

  number.namedBusinesses = [];
  expect(await adapter.templates?.(own())).toEqual({ ok: false, reason: 'business_account_unknown' });
});
