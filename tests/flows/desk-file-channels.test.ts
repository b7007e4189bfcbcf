// One desk bot for all businesses: its files are fetched from it and given to each channel in that channel's way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import type { GraphAccount, SentText } from '../support/graph-emulator/accounts.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { jpeg, m4a, opus, pdf } from '../support/sample-files.ts';
import { createTelegramBot } from '../support/site-visitor.ts';
import type { BotState, SentMessage } from '../support/telegram-emulator/bot-state.ts';

const DESK_TOKEN = `${799_000_001}:${'D'.repeat(35)}`;
const MB = 1024 * 1024;
const PHONE = '998901112233';
const PERSON = '6843250472390123';
let business: MetaBusiness;
let shopBot: BotState;
let desk: DeskMember;
beforeAll(async () => {
  const env = { PUBLIC_URL: 'https://bots.example.com', TELEGRAM_MODE: 'polling' };
  business = await startMetaBusiness({ ai: false, deskToken: DESK_TOKEN, env });
  const { product, owner } = business;
  shopBot = product.telegram.addBot({ token: `${700_000_001}:${'A'.repeat(35)}` });
  await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'You help.', token: shopBot.token });
  await product.installation.query("UPDATE users SET language = 'en'");
  const known = "SELECT 1 FROM desk_bots WHERE state = 'ACTIVE'";
  await product.telegram.waitFor(async () => (await product.installation.query(known)).length === 1, 'the desk bot', 60_000);
  desk = deskMember(product, product.telegram.bot(799_000_001), 9_001);
  await desk.link(owner);
});
afterAll(() => business.close());

const asks = async (account: GraphAccount, from: string, text: string): Promise<SentMessage> => {
  await business.graph.customerWrites(account, { from, text });
  return desk.gets(text);
};
const gets = (account: GraphAccount, is: (sent: SentText) => boolean, what: string) =>
  business.graph.waitFor(() => account.sent.find(is), what, 30_000);
const shows = (card: SentMessage, words: string) =>
  business.product.telegram.waitFor(() => card.text.includes(words), `“${words}” on the card`, 30_000);
const personal = () =>
  business.product.installation.query<{ kind: string; status: string }>(
    "SELECT kind, status FROM messages WHERE mode = 'person' ORDER BY id",
  );

test('to a customer of another Telegram bot a photo is uploaded anew', async () => {
  const { telegram } = business.product;
  telegram.customerSends(shopBot, { userId: 5_001, languageCode: 'en', text: 'How does a boat look?' });
  const card = await desk.gets('How does a boat look?');
  desk.sendsFile({ caption: 'So', photo: { fileId: 'boat', bytes: jpeg(2 * MB) } }, card);
  const sent = () => telegram.sent(shopBot).find(({ photo }) => photo);
  const { text, photo = '' } = (await telegram.waitFor(sent, 'the photo', 30_000)) as SentMessage;
  expect(text).toBe('So');
  expect(shopBot.files.get(photo)?.bytes.length).toBe(2 * MB);
});

test('WhatsApp gets a photo and a document with their words, and a voice message as one', async () => {
  const { whatsapp } = business;
  const card = await asks(whatsapp, PHONE, 'Do you have a menu?');
  desk.sendsFile({ caption: 'The *hall*', photo: { fileId: 'hall', bytes: jpeg() } }, card);
  desk.sendsFile(
    { caption: 'Prices', document: { fileId: 'menu', bytes: pdf(), fileName: 'menu.pdf', mimeType: 'application/pdf' } },
    card,
  );
  desk.sendsFile({ caption: 'Listen', voice: { fileId: 'said', bytes: opus() } }, card);
  await gets(whatsapp, ({ photo, text }) => photo !== undefined && text === 'The *hall*', 'the photo');
  const { file } = await gets(whatsapp, ({ text }) => text === 'Prices', 'the document');
  expect(file).toMatchObject({ kind: 'document', name: 'menu.pdf' });
  await gets(whatsapp, (sent) => sent.file?.kind === 'voice', 'the voice message');
  await gets(whatsapp, ({ text }) => text === 'Listen', 'its words');
});

test('for WhatsApp too large a photo and another type are refused at once, and a file that lies is refused on the card', async () => {
  const { whatsapp } = business;
  const before = whatsapp.sent.length;
  const card = await asks(whatsapp, '998901112244', 'Do you have pictures?');
  desk.sendsFile({ photo: { fileId: 'huge', bytes: jpeg(), sizeBytes: 6 * MB } }, card);
  await desk.gets('A file for WhatsApp may have up to 5 MB.');
  desk.sendsFile({ document: { fileId: 'zip', bytes: pdf(), fileName: 'a.zip', mimeType: 'application/zip' } }, card);
  await desk.gets('It takes: PDF, Word, Excel, PowerPoint, TXT.');
  desk.sendsFile({ document: { fileId: 'lie', bytes: jpeg(), fileName: 'a.pdf', mimeType: 'application/pdf' } }, card);
  await shows(card, 'The platform did not accept the file.');
  expect(whatsapp.sent.slice(before).filter(({ photo, file }) => photo || file)).toEqual([]);
});

test('Instagram fetches a photo, a recording and a PDF from a signed address; Telegram’s voice messages are refused', async () => {
  const { instagram, product } = business;
  const card = await asks(instagram, PERSON, 'Do you have a hall?');
  desk.sendsFile({ caption: 'Here', photo: { fileId: 'ig-hall', bytes: jpeg() } }, card);
  const { photo = '' } = await gets(instagram, (sent) => sent.photo !== undefined, 'the photo');
  await gets(instagram, ({ text }) => text === 'Here', 'its words');
  desk.sendsFile({ audio: { fileId: 'song', bytes: m4a(), mimeType: 'audio/mp4' } }, card);
  await gets(instagram, ({ file }) => file?.kind === 'audio', 'the recording');
  desk.sendsFile({ document: { fileId: 'ig-pdf', bytes: pdf(), fileName: 'a.pdf', mimeType: 'application/pdf' } }, card);
  await gets(instagram, ({ file }) => file?.kind === 'document', 'the PDF');
  desk.sendsFile({ voice: { fileId: 'ig-voice', bytes: opus() } }, card);
  await desk.gets('Instagram does not take files of this type. It takes: AAC, M4A, WAV.');

  const path = new URL(photo).pathname;
  expect((await fetch(`${product.app.url}${path}`)).headers.get('content-disposition')).toContain('attachment');
  const guessed = path.replace(/\/(\d+)\//, (_all, id) => `/${Number(id) + 1}/`);
  expect((await fetch(`${product.app.url}${guessed}`)).status).toBe(404);
  await product.installation.query("UPDATE messages SET created_at = created_at - interval '2 days' WHERE mode = 'person'");
  expect((await fetch(`${product.app.url}${path}`)).status, 'a day later').toBe(404);
});

test('each file is one message', async () => {
  const sent = (await personal()).filter(({ status }) => status === 'sent').map(({ kind }) => kind);
  expect(sent).toEqual(['photo', 'photo', 'document', 'voice', 'photo', 'audio', 'document']);
});
