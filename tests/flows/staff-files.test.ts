// Files that a person chooses in the browser: stored with the message, and given to each channel in that channel's way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphAccount, SentText } from '../support/graph-emulator/accounts.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { jpeg, m4a, opus, pdf } from '../support/sample-files.ts';
import { createTelegramBot } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const MB = 1024 * 1024;
const PHONE = '998901112233';
const PERSON = '6843250472390123';
let business: MetaBusiness;
let shopBot: BotState;
beforeAll(async () => {
  const env = { PUBLIC_URL: 'https://bots.example.com', TELEGRAM_MODE: 'polling' };
  business = await startMetaBusiness({ ai: false, env });
  const { product, owner } = business;
  shopBot = product.telegram.addBot({ token: `${700_000_001}:${'A'.repeat(35)}` });
  await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'You help.', token: shopBot.token });
  await product.installation.query("UPDATE users SET language = 'en'");
  product.telegram.customerSends(shopBot, { userId: 5_001, languageCode: 'en', text: 'Where are you?' });
  await product.telegram.waitFor(() => shopBot.sent.length === 1, 'the first answer', 60_000);
  for (const [account, from] of [
    [business.whatsapp, PHONE],
    [business.instagram, PERSON],
  ] as const) {
    await business.graph.customerWrites(account, { from, text: 'Where are you?' });
    await business.graph.waitFor(() => account.sent.length > 0, 'the first answer', 60_000);
  }
});
afterAll(() => business.close());

const rows = <Row extends object>(sql: string) => business.product.installation.query<Row>(sql);
async function pathOf(platform: string): Promise<string> {
  const [row] = await rows<{ path: string }>(
    `SELECT '/bots/' || v.bot_id || '/conversations/' || v.id AS path
     FROM conversations v JOIN connections n ON n.id = v.connection_id WHERE n.platform = '${platform}'`,
  );
  return row?.path ?? '';
}

interface File {
  name: string;
  content: Buffer;
  text?: string;
  voice?: boolean;
  draft?: string;
}

/** As public/js/composer.js sends it. */
async function send(platform: string, { name, content, text = '', voice = false, draft }: File) {
  const path = await pathOf(platform);
  const { product, owner } = business;
  await owner.get(path);
  const { cookie, csrf } = owner.session();
  const body = new FormData();
  for (const [field, value] of Object.entries({ _csrf: csrf, text, ...(voice && { voice: '1' }), ...(draft && { draft }) }))
    body.set(field, value);
  body.set('file', new Blob([new Uint8Array(content)]), name);
  const headers = { cookie, accept: 'application/json' };
  const response = await fetch(`${product.app.url}${path}/messages`, { method: 'POST', body, headers });
  return { status: response.status, ...((await response.json()) as { sent?: boolean; errors?: { file?: string } }) };
}
const gets = (account: GraphAccount, is: (sent: SentText) => boolean, what: string) =>
  business.graph.waitFor(() => account.sent.find(is), what, 30_000);

test('Telegram gets a photo with its words, a document and a voice message, and the page shows them', async () => {
  const { telegram } = business.product;
  const photo = jpeg(2 * MB);
  expect(await send('telegram', { name: 'hall.jpg', content: photo, text: 'The *hall*' })).toEqual({ status: 200, sent: true });
  await send('telegram', { name: 'narxlar.docx', content: Buffer.from('504b0304', 'hex'), text: 'Prices' });
  await send('telegram', { name: 'voice.ogg', content: opus(), voice: true });
  const kinds = () => shopBot.calls.map(({ method }) => method).filter((method) => /^send(?:Photo|Document|Voice)$/.test(method));
  await telegram.waitFor(() => kinds().length === 3, 'three files', 30_000);
  expect(kinds()).toEqual(['sendPhoto', 'sendDocument', 'sendVoice']);
  expect(telegram.sent(shopBot).some(({ text }) => text === 'The *hall*')).toBe(true);

  const path = await pathOf('telegram');
  const { html } = await business.owner.get(path);
  const [id] = /media\/(\d+)/.exec(html)?.slice(1) ?? [];
  const { cookie } = business.owner.session();
  const shown = await fetch(`${business.product.app.url}${path}/media/${id}`, { headers: { cookie } });
  expect(Buffer.from(await shown.arrayBuffer()).equals(photo)).toBe(true);
  expect(shown.headers.get('content-type')).toBe('image/jpeg');
});

test('WhatsApp gets a photo, a document and a voice message', async () => {
  const { whatsapp } = business;
  await send('whatsapp', { name: 'hall.jpg', content: jpeg(), text: 'Hall' });
  await send('whatsapp', { name: 'menu.pdf', content: pdf(), text: 'Menu' });
  await send('whatsapp', { name: 'voice.ogg', content: opus(), voice: true, text: 'Listen' });
  await gets(whatsapp, ({ photo, text }) => photo !== undefined && text === 'Hall', 'the photo');
  expect((await gets(whatsapp, ({ text }) => text === 'Menu', 'the document')).file).toMatchObject({ name: 'menu.pdf' });
  await gets(whatsapp, ({ file }) => file?.kind === 'voice', 'the voice message');
  await gets(whatsapp, ({ text }) => text === 'Listen', 'its words');
});

test('Instagram fetches a photo and a recording from a signed address', async () => {
  const { instagram } = business;
  await send('instagram', { name: 'hall.jpg', content: jpeg(), text: 'Hall' });
  await send('instagram', { name: 'voice.m4a', content: m4a(), voice: true });
  await gets(instagram, ({ photo }) => photo !== undefined, 'the photo');
  await gets(instagram, ({ text }) => text === 'Hall', 'its words');
  expect(await gets(instagram, ({ file }) => file?.kind === 'audio', 'the recording')).toBeDefined();
});

test('what a channel does not take is refused in words before anything is kept', async () => {
  const before = await rows('SELECT id FROM sent_files');
  const refused = async (platform: string, file: File) => (await send(platform, file)).errors?.file;
  expect(await refused('whatsapp', { name: 'a.zip', content: Buffer.from('PK not a document') })).toBe(
    'WhatsApp does not take files of this type. It takes: JPEG, PNG, OGG, MP3, M4A, AAC, AMR, PDF, Word, Excel, PowerPoint, TXT.',
  );
  expect(await refused('whatsapp', { name: 'a.jpg', content: jpeg(6 * MB) })).toBe('A file for WhatsApp may have up to 5 MB.');
  expect(await refused('telegram', { name: 'a.pdf', content: jpeg(17 * MB) })).toBe('A file for Telegram may have up to 16 MB.');
  expect(await refused('telegram', { name: 'a.docx', content: Buffer.from('text') })).toContain('This file is damaged');
  expect(await refused('instagram', { name: 'v.ogg', content: opus(), voice: true })).toContain(
    'It takes: JPEG, PNG, AAC, M4A, WAV, PDF.',
  );
  expect(await rows('SELECT id FROM sent_files')).toHaveLength(before.length);
});

test('a form sent twice is one message with one file', async () => {
  const draft = '0b5b2d1e-7f0e-4a3c-a1f0-2f6f0c1f7e11';
  const file = { name: 'once.pdf', content: pdf(), text: 'Once', draft };
  expect([await send('telegram', file), await send('telegram', file)].map(({ sent }) => sent)).toEqual([true, false]);
  expect(await rows("SELECT f.id FROM sent_files f JOIN messages m ON m.id = f.message_id WHERE m.text = 'Once'")).toHaveLength(
    1,
  );
});

test('a file that was not delivered keeps its file when it is tried again, and goes with its message', async () => {
  const path = await pathOf('telegram');
  const { telegram } = business.product;
  await telegram.waitFor(
    async () => (await rows("SELECT id FROM messages WHERE text = 'Once' AND status = 'sent'")).length === 1,
    'it',
    30_000,
  );
  const refused = "status = 'failed', reason = 'file_refused', sent_parts = 0, external_id = NULL";
  await rows(`UPDATE messages SET ${refused} WHERE text = 'Once'`);
  const [row] = await rows<{ id: string }>("SELECT id FROM messages WHERE text = 'Once'");
  const documents = () => shopBot.calls.filter(({ method }) => method === 'sendDocument').length;
  const before = documents();
  await business.owner.submit(path, `${path}/retry`, { messageId: String(row?.id) });
  await telegram.waitFor(() => documents() === before + 1, 'the document again', 30_000);
  await rows("DELETE FROM messages WHERE text = 'Once'");
  expect(await rows('SELECT f.id FROM sent_files f LEFT JOIN messages m ON m.id = f.message_id WHERE m.id IS NULL')).toEqual([]);
});

test('the log says who sent a file of which kind', async () => {
  const lines = await rows<{ file: string }>(
    "SELECT details->>'file' AS file FROM audit_lines WHERE action = 'conversation.replied' AND details ? 'file' ORDER BY id",
  );
  expect(lines.slice(0, 5).map(({ file }) => file)).toEqual(['photo', 'document', 'voice', 'photo', 'document']);
});
