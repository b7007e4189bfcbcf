// Broadcasts with photos, buttons and templates through the real adapters to the emulators.
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ChannelAdapter } from '#channels/channel.ts';
import { connectChannel } from '#channels/channels.ts';
import { telegram as telegramChannel } from '../../../src/channels/telegram/telegram.channel.ts';
import { whatsapp } from '../../../src/channels/whatsapp/whatsapp.channel.ts';
import { createPhotoSender } from '../../../src/features/broadcasts/send-broadcast.ts';
import { until } from '../../support/app-process.ts';
import { type BroadcastProcess, broadcastProcess, content, countsOf, ownerOf, stateOf } from '../../support/broadcast-world.ts';
import { addAudience } from '../../support/factories.ts';
import { type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { type Shop, seedShop } from '../../support/pipeline.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const TOKEN = `700000001:${'A'.repeat(35)}`;
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

let opened: TestDatabase;
let telegram: TelegramEmulator;
let graph: GraphEmulator;
const running: BroadcastProcess[] = [];
beforeAll(async () => {
  [opened, telegram, graph] = await Promise.all([testDatabase(), startTelegramEmulator(), startGraphEmulator()]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ runner }) => runner.stop()));
});
afterAll(async () => {
  await Promise.all([telegram.close(), graph.close()]);
  await opened.close();
});

const becomes = (id: string, state: string): Promise<boolean> =>
  until(
    async () => (await stateOf(opened.database, id)) === state,
    60_000,
    () => `never ${state}`,
  );

async function begin(
  overrides: Parameters<typeof broadcastProcess>[1],
  shop: Shop,
  rest: Parameters<typeof content>[0],
  picture = PNG,
) {
  const process = broadcastProcess(opened.database, overrides);
  running.push(process);
  const photoId = rest?.photoId
    ? await process.photos.keep(shop.tenantId, shop.botId, { content: picture, type: 'image/png' })
    : null;
  const { id } = await process.service.create(ownerOf(shop), shop.botId, {
    draft: undefined,
    content: content({ ...rest, photoId }),
  });
  await process.runner.start();
  return { id, process };
}

test('on Telegram a photo is uploaded once, with the caption and the button', async () => {
  const shop = await seedShop(opened.database);
  await addAudience(opened.database, shop, 20);
  const bot = telegram.addBot({ token: TOKEN });
  for (let chat = 1; chat <= 20; chat += 1) bot.knownChats.add(chat);
  const adapter = connectChannel(telegramChannel, { TELEGRAM_API_ROOT: telegram.url });
  const own = { telegramToken: TOKEN };
  const { id } = await begin(
    { ...(adapter.parts && { parts: adapter.parts }), sendRich: (_none, ...rest) => adapter.sendRich?.(own, ...rest) as never },
    shop,
    { photoId: 'yes', buttonLabel: 'Menu', buttonUrl: 'https://example.com' },
  );
  await becomes(id, 'finished');

  expect(await countsOf(opened.database, id)).toEqual({ sent: 20 });
  expect(bot.photoUploads).toBe(1);
  expect(new Set(bot.sent.map(({ chatId }) => chatId)).size).toBe(20);
  expect(bot.sent[0]).toMatchObject({
    text: 'Fresh bread at eight.\n\nen stop',
    button: { text: 'Menu', url: 'https://example.com' },
  });
  const { rows } = await opened.database.sql.query('SELECT DISTINCT kind FROM messages WHERE connection_id = $1', [
    shop.connectionId,
  ]);
  expect(rows).toEqual([{ kind: 'photo' }]);
});

test('an upload that ends while another message asks for the platform’s id is not repeated', async () => {
  let handle: string | null = null;
  const answers: (() => void)[] = [];
  const uploads: string[] = [];
  const sendPhoto = createPhotoSender({
    photos: {
      handleAcrossTenants: () => {
        const seen = { type: 'image/png' as const, handle };
        return new Promise((resolve) => answers.push(() => resolve(seen)));
      },
      async keepHandleAcrossTenants(_id, _connectionId, kept) {
        handle = kept;
      },
      readAcrossTenants: async () => ({ content: PNG, type: 'image/png' }),
    },
    photoAddresses: { of: () => null },
  });
  const sendRich: NonNullable<ChannelAdapter['sendRich']> = async (_credentials, chatId, { photo }) => {
    if (photo?.handle === null) uploads.push(chatId);
    return { ok: true, externalId: chatId, photoHandle: 'kept' };
  };
  const channel = { ...connectChannel(telegramChannel, { TELEGRAM_API_ROOT: telegram.url }), sendRich };
  const sendTo = (chatId: string) =>
    sendPhoto({ channel, credentials: {}, connectionId: 'c', chatId }, 'p', { text: 'Fresh bread', button: null });
  const [first, second] = [sendTo('1'), sendTo('2')];
  answers.shift()?.();
  expect(await first).toMatchObject({ ok: true });
  answers.shift()?.();
  await vi.waitUntil(() => answers.length > 0, 60_000);
  answers.shift()?.();
  expect(await second).toMatchObject({ ok: true });

  expect(uploads).toEqual(['1']);
});

test('a photo that Telegram refuses halts the broadcast before anybody gets the text alone', async () => {
  const shop = await seedShop(opened.database);
  await addAudience(opened.database, shop, 30);
  const bot = telegram.addBot({ token: `700000002:${'A'.repeat(35)}` });
  for (let chat = 1; chat <= 30; chat += 1) bot.knownChats.add(chat);
  const adapter = connectChannel(telegramChannel, { TELEGRAM_API_ROOT: telegram.url });
  const own = { telegramToken: bot.token };
  const { id } = await begin(
    { ...(adapter.parts && { parts: adapter.parts }), sendRich: (_none, ...rest) => adapter.sendRich?.(own, ...rest) as never },
    shop,
    { photoId: 'yes' },
    Buffer.from('no picture at all'),
  );
  await becomes(id, 'halted');

  const { failed = 0, queued = 0, sending = 0 } = await countsOf(opened.database, id);
  expect(failed + queued + sending).toBe(30);
  expect(bot.sent).toEqual([]);
  const { rows } = await opened.database.sql.query(
    "SELECT DISTINCT reason FROM broadcast_recipients WHERE broadcast_id = $1 AND state = 'failed'",
    [id],
  );
  expect(rows).toEqual([{ reason: 'photo_refused' }]);
});

/** A WhatsApp number with three customers who wrote just now, and others who wrote days ago. */
async function whatsappShop(status: 'APPROVED' | 'PAUSED') {
  const shop = await seedShop(opened.database);
  await addAudience(opened.database, shop, 9, { prefix: '99890111000' });
  const number = graph.addNumber({
    id: `${Math.floor(Math.random() * 1e15)}`,
    token: `EAA${Math.random()}`,
    appSecret: 'secret',
  });
  number.templates.push({ name: 'news', language: 'uz', body: 'Salom! {{1}}', status });
  for (const last of [1, 2, 3]) {
    number.lastInboundMs.set(`99890111000${last}`, Date.now());
    await opened.database.sql.query(
      `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status, external_id)
       SELECT tenant_id, id, connection_id, customer_id, 'in', 'text', 'Salom', 'answered', 'in-' || chat_id FROM conversations
       WHERE connection_id = $1 AND chat_id = $2`,
      [shop.connectionId, `99890111000${last}`],
    );
  }
  const adapter = connectChannel(whatsapp, { META_GRAPH_URL: graph.url });
  const own = { whatsappAccessToken: number.token, whatsappPhoneNumberId: number.id };
  const overrides = {
    replyWindowMs: adapter.replyWindowMs,
    sendText: (_none: unknown, ...rest: [string, string]) => adapter.sendText(own, ...rest),
    sendTemplate: (_none: unknown, ...rest: [string, never]) => adapter.sendTemplate?.(own, ...rest) as never,
  };
  return { shop, number, overrides };
}
const template = { name: 'news', language: 'uz', parameters: ['Yangi patir'] };

test('outside the window customers get the template, inside it the text; the preflight counts both', async () => {
  const { shop, number, overrides } = await whatsappShop('APPROVED');
  const { id, process } = await begin(overrides, shop, { template });
  const preflight = await process.service.preflight(shop.tenantId, shop.botId, content({ template }));
  await becomes(id, 'finished');

  expect(preflight).toMatchObject({ recipients: 9, byChannel: [{ count: 9, byTemplate: 6 }], skipped: [] });
  expect(await countsOf(opened.database, id)).toEqual({ sent: 9 });
  expect(number.sent.filter((sent) => sent.template).length).toBe(6);
  expect(number.sent.find((sent) => sent.template)?.text).toBe('Salom! Yangi patir');
  const { rows } = await opened.database.sql.query<{ text: string; n: number }>(
    `SELECT text, count(*)::int AS n FROM messages WHERE connection_id = $1 AND mode = 'broadcast' GROUP BY text ORDER BY text`,
    [shop.connectionId],
  );
  expect(rows).toEqual([
    { text: 'Fresh bread at eight.', n: 3 },
    { text: 'news: Yangi patir', n: 6 },
  ]);
});

test('a test sends the text and the template; Meta’s refusal of the template is shown at its field', async () => {
  const { shop, number, overrides } = await whatsappShop('APPROVED');
  await opened.database.sql.query(`UPDATE connections SET platform = 'whatsapp' WHERE id = $1`, [shop.connectionId]);
  const { service } = broadcastProcess(opened.database, overrides, {}, 'whatsapp');
  const customerOf = async (chatId: string): Promise<string> => {
    const text = 'SELECT id FROM customers WHERE connection_id = $1 AND platform_user_id = $2';
    return (await opened.database.sql.query<{ id: string }>(text, [shop.connectionId, chatId])).rows[0]?.id as string;
  };
  const sentTo = (chatId: string) => number.sent.filter((sent) => sent.chatId === chatId).map(({ text }) => text);
  const tried = (testTo: string, of = template) =>
    service.test(ownerOf(shop), shop.botId, { testTo, content: content({ template: of }) });

  // Inside the window a customer gets both; outside it only the template, which is no failure.
  await tried(await customerOf('998901110001'));
  await tried(await customerOf('998901110009'));
  expect(sentTo('998901110001')).toEqual(['Fresh bread at eight.\n\nen stop', 'Salom! Yangi patir']);
  expect(sentTo('998901110009')).toEqual(['Salom! Yangi patir']);

  const refused = tried(await customerOf('998901110002'), { ...template, parameters: [] });
  await expect(refused).rejects.toMatchObject({ fields: { templateName: 'reasons.peer.template_parameters' } });
  number.templates[0] = { name: 'news', language: 'uz', body: 'Salom! {{1}}', status: 'PAUSED' };
  const paused = tried(await customerOf('998901110003'));
  await expect(paused).rejects.toMatchObject({ fields: { templateName: 'reasons.peer.template_paused' } });
  const { rows } = await opened.database.sql.query(
    "SELECT details->>'ok' AS ok FROM audit_lines WHERE tenant_id = $1 AND action = 'broadcast.tested' ORDER BY id",
    [shop.tenantId],
  );
  expect(rows.map(({ ok }) => ok)).toEqual(['true', 'true', 'false', 'false']);
});

test('without a template they are skipped', async () => {
  const { shop, number, overrides } = await whatsappShop('APPROVED');
  const { id } = await begin(overrides, shop, {});
  await becomes(id, 'finished');
  expect(await countsOf(opened.database, id)).toEqual({ sent: 3, skipped: 6 });
  expect(number.sent).toHaveLength(3);
});

test('a paused template halts the broadcast, and its recipients wait', async () => {
  const { shop, number, overrides } = await whatsappShop('PAUSED');
  const { id, process } = await begin(overrides, shop, { template });
  await becomes(id, 'halted');
  await process.runner.stop();
  expect((await countsOf(opened.database, id)).failed ?? 0).toBe(0);
  expect(number.sent.filter((sent) => sent.template)).toEqual([]);
});
