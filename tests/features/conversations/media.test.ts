import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDeletionsRepo } from '../../../src/pipeline/deletions.repo.ts';
import { removeOldMessagesAcrossTenants } from '../../../src/pipeline/erase.ts';
import { type Agent, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below, type Conversation } from '../../support/factories.ts';
import { type GraphEmulator, startGraphEmulator } from '../../support/graph-emulator/graph-emulator.ts';
import { aToken, idOf, makeBot, newOwner, newShop } from '../../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const OGG = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead'), Buffer.alloc(1000, 7)]);

let site: TestApp;
let telegram: TelegramEmulator;
let graph: GraphEmulator;
beforeAll(async () => {
  [telegram, graph] = await Promise.all([startTelegramEmulator(), startGraphEmulator()]);
  site = await testApp({ TELEGRAM_API_ROOT: telegram.url, META_GRAPH_URL: graph.url });
});
afterAll(async () => {
  await site.close();
  await Promise.all([telegram.close(), graph.close()]);
});

let account = 700_000_000;
let owner: Agent;
let chat: Conversation;
let base: string;
beforeEach(async () => {
  const made = await newOwner(site, { language: 'en' });
  owner = made.agent;
  const bot = await makeBot(owner, { telegramToken: telegram.addBot({ token: aToken(++account) }).token });
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE bot_id = $1', [idOf(bot)]);
  const connectionId = rows[0]?.id as string;
  chat = await below({ tenantId: made.tenantId, botId: idOf(bot), connectionId })
    .withCustomer()
    .in(site);
  base = `${bot}/conversations/${chat.conversationId}`;
});

let files = 0;
/** A message with a file, which the emulator has; without bytes it has none. */
async function sent(kind: string, bytes: Buffer | null, more: Record<string, unknown> = {}, extension = 'bin'): Promise<number> {
  const fileId = `FILE${++files}`;
  const path = `files/${fileId}.${extension}`;
  if (bytes) telegram.bot(account).files.set(fileId, { path, bytes, mimeType: 'application/octet-stream', kind });
  return addMessage(site, chat, { direction: 'in', text: '', kind, attachment: JSON.stringify({ fileId, ...more }) });
}
const fetches = (): number => telegram.bot(account).calls.filter(({ method }) => method === 'getFile').length;
const get = (id: number, headers: Record<string, string> = {}, agent: Agent = owner) =>
  agent.get(`${base}/media/${id}`).set(headers).buffer(true).parse(bytesOf);

/** Supertest reads only some types itself. */
function bytesOf(response: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as NodeJS.ReadableStream;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}

test('a photo is fetched once, also for many at once, and shown as a picture that runs nothing', async () => {
  const id = await sent('photo', PNG, {}, 'jpg');
  const shown = await Promise.all(Array.from({ length: 5 }, () => get(id)));
  expect(shown.map(({ status, body }) => [status, PNG.equals(body)])).toEqual(Array(5).fill([200, true]));
  await get(id);
  expect(fetches()).toBe(1);
  expect(shown[0]?.headers).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  const page = (await owner.get(base)).text;
  expect(page).toContain(`<img class="bubble__photo" src="${base}/media/${id}"`);
});

test.each([
  ['<!doctype html><script>alert(1)</script>', 'page.html', 'html'],
  ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'picture.svg', 'svg'],
  ['%!PS PK not a picture', 'photo.png', 'png'],
])('%j named %s is saved and never shown, whatever the sender calls it', async (text, fileName, extension) => {
  const id = await sent('document', Buffer.from(text), { fileName, mimeType: 'text/html' }, extension);
  const { status, headers } = await get(id);
  expect([status, headers['content-type']]).toEqual([200, 'application/octet-stream']);
  expect(headers['content-disposition']).toBe(`attachment; filename=${fileName}`);
});

test('a player asks for parts of a voice note', async () => {
  const id = await sent('voice', OGG, { mimeType: 'audio/ogg', seconds: 3 }, 'oga');
  const whole = await get(id);
  expect([whole.headers['content-type'], whole.headers['accept-ranges']]).toEqual(['audio/ogg', 'bytes']);
  const part = await get(id, { Range: 'bytes=4-9' });
  expect([part.status, part.headers['content-range'], part.body.length]).toEqual([206, `bytes 4-9/${OGG.length}`, 6]);
  const end = await get(id, { Range: 'bytes=-10' });
  expect(OGG.subarray(-10).equals(end.body)).toBe(true);
  const after = await get(id, { Range: `bytes=${OGG.length}-` });
  expect([after.status, after.headers['content-range']]).toEqual([416, `bytes */${OGG.length}`]);
});

test('what the platform has no more is said in words, on the page too, and asked for once', async () => {
  const id = await sent('photo', null);
  const gone = await owner.get(`${base}/media/${id}`);
  expect([gone.status, gone.text.includes('not to be had any more')]).toEqual([410, true]);
  await owner.get(`${base}/media/${id}`);
  expect(fetches()).toBe(1);
  const page = (await owner.get(base)).text;
  expect([page.includes(`/media/${id}`), page.includes('not to be had any more')]).toEqual([false, true]);
});

test('another business, another conversation and a message without a file are 404', async () => {
  const id = await sent('photo', PNG);
  const { agent: other, bot } = await newShop(site);
  const second = await below(chat).withCustomer().in(site);
  const text = await addMessage(site, chat, { direction: 'in', text: 'Hello' });
  const asked = [
    other.get(`${base}/media/${id}`),
    other.get(`${bot}/conversations/${chat.conversationId}/media/${id}`),
    owner.get(`/bots/${chat.botId}/conversations/${second.conversationId}/media/${id}`),
    owner.get(`${base}/media/${text}`),
    owner.get(`${base}/media/1e3`),
    owner.get(`${base}/media/99999999999999999999`),
  ];
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(6).fill(404));
  expect(fetches()).toBe(0);
});

test('a withdrawn or outdated message takes its file along', async () => {
  const kept = async () => (await site.sql.query('SELECT 1 FROM media_files WHERE tenant_id = $1', [chat.tenantId])).rows.length;
  const [withdrawn, old] = [await sent('photo', PNG), await sent('photo', PNG)];
  for (const id of [withdrawn, old]) await get(id);
  expect(await kept()).toBe(2);
  await site.sql.query("UPDATE messages SET external_id = 'X1' WHERE id = $1", [withdrawn]);
  await createDeletionsRepo(site.container)(chat.connectionId as string, ['X1']);
  expect([await kept(), (await get(withdrawn)).status]).toEqual([1, 404]);
  await site.sql.query('UPDATE bots SET retention_months = 1 WHERE id = $1', [chat.botId]);
  await site.sql.query("UPDATE messages SET created_at = now() - interval '2 months' WHERE id = $1", [old]);
  await removeOldMessagesAcrossTenants(site.sql, new Date());
  expect(await kept()).toBe(0);
});

test('the page shows what was heard, and what a message refers to', async () => {
  const voice = await sent('voice', OGG, {}, 'oga');
  const refers = JSON.stringify({ kind: 'message', text: 'Delivery is <free>' });
  await site.sql.query('UPDATE messages SET media_text = $2, refers_to = $3 WHERE id = $1', [voice, 'How much is it?', refers]);
  const { text } = await owner.get(base);
  for (const part of [
    `<audio class="bubble__player" controls preload="none" src="${base}/media/${voice}"`,
    'Heard: How much is it?',
    'Delivery is &lt;free&gt;',
  ]) {
    expect(text).toContain(part);
  }
});

test('a file of Instagram comes from Meta’s hosts only', async () => {
  const url = graph.cdnUrl(graph.addMedia(graph.addInstagram({ id: '1784', token: 'T', appSecret: 'S' }), PNG, 'image/png'));
  await site.sql.query("UPDATE connections SET platform = 'instagram' WHERE id = $1", [chat.connectionId]);
  const at = async (fileId: string) =>
    get(await addMessage(site, chat, { direction: 'in', text: '', kind: 'photo', attachment: JSON.stringify({ fileId }) }));
  expect((await at(url)).headers['content-type']).toBe('image/png');
  expect((await at(`${telegram.url}/secret`)).status).toBe(410);
});
