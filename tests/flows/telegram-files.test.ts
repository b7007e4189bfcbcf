import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GeminiRequest, questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { systemTextOf } from '../support/gemini-emulator/protocol.ts';
import { pause } from '../support/pause.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import type { CustomerMessage } from '../support/telegram-emulator/customers.ts';

let product: Product;
let owner: Visitor;
let bot: BotState;
let chat = 3_000;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  product.gemini.controls.answer = ({ body }: GeminiRequest) => questionOf(body).trim() || 'Rasm';
});
afterAll(() => product.close());
beforeEach(() => {
  chat += 1;
  product.gemini.requests.length = 0;
});

const bytes = Buffer.from('any bytes');
const to = (chatId: number) => bot.sent.filter((sent) => sent.chatId === chatId);
async function reply(message: Omit<CustomerMessage, 'userId'>): Promise<string> {
  product.telegram.customerSends(bot, { userId: chat, ...message });
  await product.telegram.waitFor(() => to(chat).length > 0, 'a reply', 60_000);
  return to(chat)[0]?.text ?? '';
}
const sentTypes = () =>
  product.gemini.requests.map(({ body }) => body.contents.at(-1)?.parts.flatMap(({ inlineData }) => inlineData?.mimeType ?? []));

test.each([
  ['ovoz.opus', 'audio/opus', 'audio/ogg'],
  ['ovoz.aac', 'audio/x-aac', 'audio/aac'],
  ['ovoz.flac', 'audio/flac', 'audio/flac'],
  ['IMG_7.HEIC', 'image/heic', 'image/heic'],
  ['hujjat', 'image/webp', 'image/webp'],
])('%s of the type %s is read as %s, whatever its path says', async (fileName, mimeType, type) => {
  expect(await reply({ document: { fileId: `d${chat}`, bytes, fileName, mimeType }, caption: 'Bu nima?' })).toBe('Bu nima?');
  expect(sentTypes()).toEqual([[type]]);
});

test.each([
  ['narx.svg', 'image/svg+xml'],
  ['narx.gif', 'image/gif'],
  ['skaner.tiff', 'image/tiff'],
  ['ovoz.amr', 'audio/amr'],
  ['jadval.xlsx', 'application/vnd.ms-excel'],
])('beside %s the question is answered and the file is named', async (fileName, mimeType) => {
  const text = await reply({ document: { fileId: `d${chat}`, bytes, fileName, mimeType }, caption: 'Somsa narxi qancha?' });
  expect(text).toMatch(new RegExp(`^Somsa narxi qancha\\?\\n\\nOʻqiy olmadim: «${fileName}»`));
  expect(sentTypes()).toEqual([[]]);
});

test('files that the AI refuses are left out, and the customer is told', async () => {
  product.gemini.controls.nextFaults = ['bad_request'];
  const text = await reply({ photo: { fileId: `p${chat}`, bytes }, caption: 'Shu tort qancha?' });
  expect(text).toMatch(/^Shu tort qancha\?\n\nOʻqiy olmadim: rasm/);
  expect(sentTypes()).toEqual([['image/jpeg'], []]);

  chat += 1;
  product.gemini.controls.nextFaults = ['bad_request'];
  expect(await reply({ photo: { fileId: `p${chat}`, bytes } })).toMatch(/ocholmadim/);
});

test('an album is one turn, one call of the AI and one answer', async () => {
  const part = (at: number, caption?: string) =>
    product.telegram.customerSends(bot, {
      userId: chat,
      albumId: `album${chat}`,
      photo: { fileId: `a${chat}-${at}`, bytes },
      ...(caption && { caption }),
    });
  part(1, 'Toʻrttasi qancha boʻladi?');
  for (const [at, ms] of [30, 90, 150].entries()) {
    await pause(ms);
    part(at + 2);
  }
  await product.telegram.waitFor(() => to(chat).length > 0, 'the answer', 60_000);
  const marker = chat;
  chat += 1;
  await reply({ text: 'Keyingi savol?' });
  expect(to(marker).map(({ text }) => text)).toEqual(['Toʻrttasi qancha boʻladi?']);
  expect(sentTypes()[0]).toHaveLength(4);
  expect(sentTypes()).toHaveLength(2);
});

test('a quote, a place and a contact are on the page, and the quoted words are in the prompt', async () => {
  await reply({
    text: 'Shu qancha?',
    more: {
      external_reply: { origin: { type: 'channel', chat: { id: -5, type: 'channel', title: 'Kanal' }, message_id: 3, date: 1 } },
      quote: { text: 'Medovik torti 120 000 soʻm', position: 0 },
    },
  });
  expect(JSON.stringify(product.gemini.requests[0]?.body.systemInstruction)).toContain('Medovik torti 120 000 soʻm');
  const venue = { title: 'Oqtepa markazi', address: 'Chilonzor 9', location: { latitude: 41.28, longitude: 69.2 } };
  product.telegram.customerSends(bot, { userId: chat, venue });
  const contact = {
    phone_number: '+998901112233',
    first_name: 'Sardor',
    vcard: 'BEGIN:VCARD\nTEL;WORK:+998712000000\nEND:VCARD',
  };
  product.telegram.customerSends(bot, { userId: chat, more: { contact } });
  await product.telegram.waitFor(() => to(chat).length === 3, 'three replies', 60_000);

  const [row] = await product.installation.query<{ path: string }>(
    `SELECT '/bots/' || bot_id || '/conversations/' || id AS path FROM conversations WHERE chat_id = '${chat}'`,
  );
  const { html } = await owner.get(row?.path ?? '');
  for (const words of ['Medovik torti 120 000 soʻm</blockquote>', 'Oqtepa markazi, Chilonzor 9', 'maps.google.com/?q=41.28,69.2'])
    expect(html).toContain(words);
  expect(html).toMatch(/Sardor, \+998901112233, \+998712000000/);

  product.telegram.customerSends(bot, { userId: chat, text: 'Shu yerga va shu raqamga yetkazasizmi?' });
  await product.telegram.waitFor(() => to(chat).length === 4, 'the answer', 20_000);
  const history = JSON.stringify(product.gemini.requests.at(-1)?.body.contents.slice(0, -1));
  expect(history).toContain('📍 Oqtepa markazi, Chilonzor 9, 41.28 69.2');
  expect(history).toContain('👤 Sardor, +998901112233, +998712000000');
});

test('a reply to an older message of ours is about that one, and in a group it needs no name', async () => {
  await reply({ text: 'Medovik torti qancha?' });
  product.telegram.customerSends(bot, { userId: chat, text: 'Napoleon torti qancha?' });
  await product.telegram.waitFor(() => to(chat).length === 2, 'the second answer', 20_000);
  const first = to(chat)[0]?.messageId as number;
  product.telegram.customerSends(bot, { userId: chat, text: 'Shundan ikkita', replyTo: first });
  await product.telegram.waitFor(() => to(chat).length === 3, 'the third answer', 20_000);
  const quoted = () =>
    product.gemini.requests
      .slice(-1)
      .map(({ body }) => /<quoted kind="message">\n(.*)\n/.exec(systemTextOf(body))?.[1])
      .at(0);
  expect(quoted()).toBe('Medovik torti qancha?');

  const group = { chatId: -3_001, group: { title: 'Toʻy' }, userId: chat };
  product.telegram.customerSends(bot, { ...group, text: `@${bot.username} Pahlava bormi?` });
  await product.telegram.waitFor(() => to(-3_001).length === 1, 'the answer in the group', 20_000);
  product.telegram.customerSends(bot, { ...group, text: 'Necha kilo?', replyTo: to(-3_001)[0]?.messageId as number });
  await product.telegram.waitFor(() => to(-3_001).length === 2, 'the second answer in the group', 20_000);
  expect([to(-3_001)[1]?.text, quoted()]).toEqual(['Necha kilo?', 'Pahlava bormi?']);
});

test('the answer to a recording, and what was said in it, are known to the questions after it', async () => {
  const historyOfLast = () => product.gemini.requests.at(-1)?.body.contents.slice(0, -1);
  await reply({ voice: { fileId: `v${chat}`, bytes } });
  product.telegram.customerSends(bot, { userId: chat, text: 'Narxi-chi, qanchadan?' });
  await product.telegram.waitFor(() => to(chat).length === 2, 'the second answer', 20_000);
  expect(historyOfLast()).toEqual([
    { role: 'user', parts: [{ text: '🎤' }] },
    { role: 'model', parts: [{ text: 'Rasm' }] },
  ]);

  await product.installation.query(
    `UPDATE messages SET media_text = 'Ikki kilolik medovik bormi' WHERE kind = 'voice' AND conversation_id =
      (SELECT id FROM conversations WHERE chat_id = '${chat}')`,
  );
  product.telegram.customerSends(bot, { userId: chat, text: 'Uch kilolik-chi?' });
  await product.telegram.waitFor(() => to(chat).length === 3, 'the third answer', 20_000);
  expect(historyOfLast()?.[0]).toEqual({ role: 'user', parts: [{ text: 'Ikki kilolik medovik bormi' }] });
});
