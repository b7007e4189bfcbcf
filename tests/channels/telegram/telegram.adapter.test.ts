import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createChannels } from '#channels/channels.ts';
import { telegram } from '#channels/telegram/telegram.channel.ts';
import { telegramClient } from '../../../src/channels/telegram/telegram.adapter.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';
import { faults } from '../../support/telegram-emulator/faults.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

const TOKEN = '7001:AAabcdefghijklmnopqrstuvwxyz0123456';
const credentials = { telegramToken: TOKEN };
let emulator: TelegramEmulator;
let bot: BotState;

beforeAll(async () => {
  emulator = await startTelegramEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.heal();
  bot = emulator.addBot({ token: TOKEN, username: 'novvoy_bot', name: 'Novvoy' });
  bot.knownChats.add(501);
});

const adapter = (timeoutMs = 2_000) => telegramClient({ apiRoot: emulator.url, timeoutMs });

test('every channel of the registry connects without settings', () => {
  const channels = createChannels({});
  expect(Object.entries(channels).flatMap(([kind, channel]) => (channel ? [kind] : []))).toEqual([
    'telegram',
    'instagram',
    'whatsapp',
  ]);
});

test('the account is the number before the colon of a well-formed token', () => {
  expect(telegram.accountIdOf(credentials)).toBe('7001');
  expect(telegram.accountIdOf({ telegramToken: 'hello' })).toBeNull();
  expect(telegram.accountIdOf({})).toBeNull();
});

test('a check returns the token’s account', async () => {
  expect(await adapter().check(credentials)).toEqual({
    ok: true,
    accountId: '7001',
    displayName: 'Novvoy',
    username: 'novvoy_bot',
  });
});

test.each([
  ['unknown', '7999:AAabcdefghijklmnopqrstuvwxyz0123456'],
  ['malformed', 'no-token'],
])('an %s token is refused', async (_, telegramToken) => {
  expect(await adapter().check({ telegramToken })).toEqual({ ok: false, reason: 'token_revoked' });
});

describe('sending', () => {
  test('styled words arrive as HTML, others as they are', async () => {
    const styles = [{ kind: 'bold' as const, start: 0, end: 5 }];
    expect(await adapter().sendText(credentials, '501', 'Narx: 5 < 6 soʻm', { styles })).toEqual({ ok: true, externalId: '1' });
    await adapter().sendText(credentials, '501', '**Narx:** 5 < 6 soʻm &amp;');
    expect(emulator.sent(bot)).toMatchObject([
      { chatId: 501, parseMode: 'HTML', raw: '<b>Narx:</b> 5 &lt; 6 soʻm', text: 'Narx: 5 < 6 soʻm' },
      { chatId: 501, parseMode: null, text: '**Narx:** 5 < 6 soʻm &amp;' },
    ]);
  });

  test('refused markup is sent again as plain text', async () => {
    const description = "Bad Request: can't parse entities: Unexpected end tag at byte offset 3";
    emulator.fault({ method: 'sendMessage', times: 1, fault: { kind: 'error', status: 400, description } });
    const styles = [{ kind: 'bold' as const, start: 0, end: 5 }];
    expect(await adapter().sendText(credentials, '501', 'Salom', { styles })).toMatchObject({ ok: true });
    expect(emulator.sent(bot)).toMatchObject([{ parseMode: null, text: 'Salom' }]);
    expect(emulator.calls(bot, 'sendMessage')).toHaveLength(2);
  });

  test.each([
    [400, 'Bad Request: chat not found', { reason: 'chat_gone' }],
    [400, 'Bad Request: message is too long', { reason: 'rejected' }],
    [401, 'Unauthorized', { reason: 'token_revoked' }],
    [403, 'Forbidden: bot was blocked by the user', { reason: 'blocked_by_customer' }],
    [403, 'Forbidden: user is deactivated', { reason: 'blocked_by_customer' }],
    [403, 'Forbidden: bot was kicked from the group chat', { reason: 'blocked_by_customer' }],
    [404, 'Not Found', { reason: 'token_revoked' }],
    [500, 'Internal Server Error', { reason: 'unreachable' }],
  ])('%i "%s" has the right reason', async (status, description, failure) => {
    emulator.fault({ method: 'sendMessage', fault: { kind: 'error', status, description } });
    expect(await adapter().sendText(credentials, '501', 'Salom')).toEqual({ ok: false, ...failure });
    expect(emulator.calls(bot, 'sendMessage')).toHaveLength(1);
  });

  test('a 429 carries the wait', async () => {
    emulator.fault({ fault: faults.tooMany(7) });
    expect(await adapter().sendText(credentials, '501', 'Salom')).toEqual({
      ok: false,
      reason: 'rate_limited',
      retryAfterMs: 7_000,
    });
  });

  test.each(['badGateway', 'reset', 'hang'] as const)('%s is unreachable', async (name) => {
    emulator.fault({ fault: faults[name] });
    expect(await adapter(300).sendText(credentials, '501', 'Salom')).toEqual({ ok: false, reason: 'unreachable' });
  });

  test('a missing server is unreachable, and nothing contains the token', async () => {
    const gone = telegramClient({ apiRoot: 'http://127.0.0.1:9', timeoutMs: 1_000 });
    const outcomes = [
      await gone.sendText(credentials, '501', 'x'),
      await gone.check(credentials),
      await gone.fetchMedia(credentials, 'f', 9),
    ];
    expect(outcomes.map((outcome) => !outcome.ok && outcome.reason)).toEqual(['unreachable', 'unreachable', 'unreachable']);
    expect(inspect(outcomes, { depth: 9 })).not.toContain(TOKEN);
  });
});

describe('a photo', () => {
  const photo = (bytes: Buffer, handle: string | null = null) => ({
    handle,
    type: 'image/png' as const,
    content: async () => bytes,
    publicUrl: null,
  });
  const send = (bytes: Buffer, handle?: string) =>
    adapter().sendRich?.(credentials, '501', { text: 'Patir', photo: photo(bytes, handle), button: null });
  const PICTURE = Buffer.from('89504e47', 'hex');

  test('is sent with its caption; Telegram’s id is kept for the next send', async () => {
    const sent = await send(PICTURE);
    expect(sent).toEqual({ ok: true, externalId: '1', photoHandle: emulator.sent(bot)[0]?.photo });
    expect(await send(Buffer.alloc(0), sent?.photoHandle)).toEqual({ ok: true, externalId: '2' });
    expect(bot.photoUploads).toBe(1);
  });

  test('that is broken or unknown to Telegram is refused and nothing is sent', async () => {
    expect(await send(Buffer.from('no picture at all'))).toEqual({ ok: false, reason: 'photo_refused' });
    expect(await send(PICTURE, 'AgAC-of-another-bot')).toEqual({ ok: false, reason: 'photo_refused' });
    expect(emulator.sent(bot)).toEqual([]);
  });

  test.each([
    [400, 'Bad Request: PHOTO_INVALID_DIMENSIONS', 'photo_refused'],
    [400, 'Bad Request: file is too big', 'photo_refused'],
    [413, 'Request Entity Too Large', 'photo_refused'],
    [400, 'Bad Request: chat not found', 'chat_gone'],
    [403, 'Forbidden: bot was blocked by the user', 'blocked_by_customer'],
  ])('that meets %i "%s" is %s', async (status, description, reason) => {
    emulator.fault({ method: 'sendPhoto', fault: { kind: 'error', status, description } });
    expect(await send(PICTURE)).toEqual({ ok: false, reason });
  });
});

test.each([
  ['a name nobody knows', () => 'http://no-such-host.invalid'],
  ['a server that speaks no TLS', () => emulator.url.replace('http:', 'https:')],
])('%s is unreachable, and nothing contains the token', async (_what, root) => {
  const broken = telegramClient({ apiRoot: root(), timeoutMs: 5_000 });
  const outcomes = [await broken.sendText(credentials, '501', 'x'), await broken.check(credentials)];
  expect(outcomes.map((outcome) => !outcome.ok && outcome.reason)).toEqual(['unreachable', 'unreachable']);
  expect(inspect(outcomes, { depth: 9 })).not.toContain(TOKEN);
});

test('typing is shown, and a failure is ignored', async () => {
  await adapter().showTyping(credentials, '501');
  await adapter().showTyping(credentials, '999');
  expect(emulator.typing(bot).map(({ params }) => params.action)).toEqual(['typing', 'typing']);
});

describe('media', () => {
  beforeEach(() => {
    emulator.customerSends(bot, { chatId: 501, photo: { fileId: 'cake', bytes: Buffer.from('jpeg bytes') } });
  });

  test('comes as base64 with its type', async () => {
    expect(await adapter().fetchMedia(credentials, 'cake', 100)).toEqual({
      ok: true,
      media: { mimeType: 'image/jpeg', base64: Buffer.from('jpeg bytes').toString('base64') },
    });
  });

  test('larger than allowed, or unknown, is rejected', async () => {
    expect(await adapter().fetchMedia(credentials, 'cake', 4)).toEqual({ ok: false, reason: 'rejected' });
    expect(await adapter().fetchMedia(credentials, 'none', 100)).toEqual({ ok: false, reason: 'rejected' });
  });

  test('a failed download is unreachable and names no address', async () => {
    emulator.fault({ method: 'file', fault: faults.badGateway });
    const outcome = await adapter().fetchMedia(credentials, 'cake', 100);
    expect(outcome).toEqual({ ok: false, reason: 'unreachable' });
  });
});

test('S46 (SSRF): a redirect is not followed, and no other server is called', async () => {
  const asked: string[] = [];
  const elsewhere = createServer((req, res) => {
    asked.push(req.url ?? '');
    res.end('{"ok":true,"result":{"id":7001,"is_bot":true,"first_name":"Novvoy"}}');
  });
  const redirecting = createServer((_req, res) => {
    res.writeHead(307, { location: `${addressOf(elsewhere)}/stolen` }).end();
  });
  await Promise.all([elsewhere, redirecting].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
  try {
    const misled = telegramClient({ apiRoot: addressOf(redirecting), timeoutMs: 2_000 });

    expect(await misled.check(credentials)).toMatchObject({ ok: false, reason: 'unreachable' });
    expect(asked).toEqual([]);
  } finally {
    for (const server of [elsewhere, redirecting]) server.close();
  }
});

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
