// The desk is the business' own bot, so its files go to customers by their ids.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { jpeg, opus, pdf } from '../support/sample-files.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState, SentMessage } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let owner: Visitor;
let bot: BotState;
let desk: DeskMember;
beforeAll(async () => {
  const adapt = (env: Record<string, string>) => ({ ...env, TELEGRAM_MODE: 'webhook', PUBLIC_URL: 'https://bots.example.com' });
  product = await startProduct({ ai: false, adapt });
  product.telegram.callWebhooksAt(product.app.url);
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  await product.installation.query("UPDATE users SET language = 'en'");
  desk = deskMember(product, bot, 9_001);
  await desk.link(owner);
});
afterAll(() => product.close());

const asks = (userId: number, text: string): Promise<SentMessage> => {
  product.telegram.customerSends(bot, { userId, languageCode: 'en', text });
  return desk.gets(text);
};
const atCustomer = (userId: number) => product.telegram.sent(bot).filter(({ chatId }) => chatId === userId);
const gets = (userId: number, is: (sent: SentMessage) => boolean, what: string) =>
  product.telegram.waitFor(() => atCustomer(userId).find(is), `${what} at the customer's`, 30_000);
const stored = (userId: number) =>
  product.installation.query(
    `SELECT kind, text, status FROM messages JOIN conversations c ON c.id = conversation_id
     WHERE mode = 'person' AND chat_id = '${userId}' ORDER BY messages.id`,
  );

test('a photo with its caption, a voice note and a document reach the customer once; the page and the card tell of them', async () => {
  const card = await asks(5_001, 'How does the tower look?');
  const update = desk.sendsFile({ caption: 'Like *this*', photo: { fileId: 'tower', bytes: jpeg() } }, card);
  expect((await gets(5_001, ({ photo }) => photo === 'tower', 'the photo')).text).toContain('this');
  await product.telegram.waitFor(() => card.text.includes('Answered by owner · sent'), 'the state on the card', 30_000);
  desk.sendsFile({ voice: { fileId: 'a-voice', bytes: opus() } }, card);
  await gets(5_001, ({ file }) => file?.fileId === 'a-voice', 'the voice note');
  desk.sendsFile({ document: { fileId: 'menu', bytes: pdf(), fileName: 'menu.pdf', mimeType: 'application/pdf' } }, card);
  await gets(5_001, ({ file }) => file?.fileId === 'menu', 'the document');

  // Telegram did not hear our answer, and a process died before it noted what it had done.
  await product.installation.query('DELETE FROM desk_updates');
  product.telegram.deliverAgain(bot, update);
  desk.writes('That is all.', card);
  await gets(5_001, ({ text }) => text === 'That is all.', 'the last words');
  expect(atCustomer(5_001).filter(({ photo }) => photo === 'tower')).toHaveLength(1);
  expect(await stored(5_001)).toEqual([
    { kind: 'photo', text: 'Like *this*', status: 'sent' },
    { kind: 'voice', text: '', status: 'sent' },
    { kind: 'document', text: '', status: 'sent' },
    { kind: 'text', text: 'That is all.', status: 'sent' },
  ]);
  const [conversation] = await product.installation.query<{ id: string; bot_id: string }>(
    "SELECT id, bot_id FROM conversations WHERE chat_id = '5001'",
  );
  const { html } = await owner.get(`/bots/${conversation?.bot_id}/conversations/${conversation?.id}`);
  expect(html).toMatch(/bubble__photo[\s\S]*<audio[\s\S]*menu\.pdf/);
});

test('after Answer the next message may be a photo or an album', async () => {
  const card = await asks(5_002, 'Do you have red roofs?');
  await desk.presses(card, 'Answer');
  await desk.gets('Write your answer to:');
  for (const fileId of ['roof', 'wall']) desk.sendsFile({ albumId: '13', photo: { fileId, bytes: jpeg() } });
  await gets(5_002, ({ photo }) => photo === 'roof', 'the first photo');
  await gets(5_002, ({ photo }) => photo === 'wall', 'the second photo');
  expect(await stored(5_002)).toHaveLength(2);
});

test('what cannot go is refused in words, and Answer still waits', async () => {
  const card = await asks(5_003, 'Do you have green roofs?');
  await desk.presses(card, 'Answer');
  await desk.gets('green roofs');
  desk.sendsFile({ sticker: { emoji: '🏠' } });
  expect((await desk.gets('Nothing was sent. Text, photos')).text).toContain('to Telegram');
  desk.writes('Yes, green ones.');
  await gets(5_003, ({ text }) => text === 'Yes, green ones.', 'the words');

  await desk.presses(card, 'Add to knowledge');
  await desk.gets('What should the bot answer to this?');
  desk.sendsFile({ photo: { fileId: 'green', bytes: jpeg() } });
  await desk.gets('Only text can become knowledge.');
  expect(await stored(5_003)).toHaveLength(1);
});

test('a file that Telegram does not have any more fails with its reason on the card', async () => {
  const card = await asks(5_004, 'Do you have blue roofs?');
  desk.sendsFile({ photo: { fileId: 'never-there' } }, card);
  await product.telegram.waitFor(() => card.text.includes('The platform did not accept the file.'), 'the reason', 30_000);
  expect(await stored(5_004)).toEqual([{ kind: 'photo', text: '', status: 'failed' }]);
});
