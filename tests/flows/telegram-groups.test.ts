import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GeminiRequest, questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import type { CustomerMessage } from '../support/telegram-emulator/customers.ts';
import { faults } from '../support/telegram-emulator/faults.ts';

const NEIGHBOURS = { title: 'Chilonzor qoʻshnilari' };
let product: Product;
let owner: Visitor;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  product.gemini.controls.answer = ({ body }: GeminiRequest) => questionOf(body);
});
afterAll(() => product.close());

const writes = (message: CustomerMessage) => product.telegram.customerSends(bot, { group: NEIGHBOURS, ...message });
const idOf = (update: ReturnType<typeof writes>) => update.message?.message_id;
const to = (chatId: number) => bot.sent.filter((sent) => sent.chatId === chatId);
async function comesTo(chatId: number, count = 1) {
  await product.telegram.waitFor(() => to(chatId).length >= count, `${count} messages to ${chatId}`, 60_000);
  return to(chatId);
}
const conversation = async (chatId: number) =>
  (
    await product.installation.query<{ path: string; unreachable: boolean }>(
      `SELECT '/bots/' || bot_id || '/conversations/' || id AS path, unreachable_at IS NOT NULL AS unreachable
       FROM conversations WHERE chat_id = '${chatId}'`,
    )
  )[0];

test('a question to the bot by name is asked as in a private chat, and each answer replies to its question', async () => {
  const chatId = -1_001;
  const first = writes({ chatId, userId: 11, firstName: 'Nodira', text: `@${bot.username} osh qancha?` });
  const second = writes({ chatId, userId: 12, firstName: 'Jamshid', text: `Yetkazish bormi, @${bot.username}?` });
  writes({ chatId, userId: 13, text: 'Men ertaga kelaman' });
  const answers = await comesTo(chatId, 2);

  expect(answers.map(({ text, replyTo, thread }) => ({ text, replyTo, thread }))).toEqual([
    { text: 'osh qancha?', replyTo: idOf(first), thread: null },
    { text: 'Yetkazish bormi?', replyTo: idOf(second), thread: null },
  ]);
  const { html } = await owner.get((await conversation(chatId))?.path ?? '');
  expect(html).toContain('Chilonzor qoʻshnilari</h1>');
  for (const words of ['Nodira', 'Jamshid', 'uni guruhdagi hamma koʻradi']) expect(html).toContain(words);
  expect((await owner.get('/conversations')).html).toContain('Chilonzor qoʻshnilari');
});

test('topics are answered where they are asked, General without one', async () => {
  const chatId = -1_002;
  product.gemini.controls.latencyMs = 900;
  writes({ chatId, userId: 21, group: { ...NEIGHBOURS, topic: 444 }, text: `@${bot.username} kurs qachon?` });
  writes({ chatId, userId: 21, text: `@${bot.username} umumiy savol`, more: { message_thread_id: 3 } });
  const answers = await comesTo(chatId, 2);
  product.gemini.controls.latencyMs = 0;

  expect(answers.map(({ text, thread }) => [text, thread])).toEqual([
    ['kurs qachon?', 444],
    ['umumiy savol', null],
  ]);
  const typing = product.telegram.typing(bot).filter(({ params }) => Number(params['chat_id']) === chatId);
  expect(typing.map(({ params }) => params['message_thread_id'])).toEqual([444, undefined]);

  // The staff answers where somebody wrote last; a topic that was deleted meanwhile loses nothing.
  writes({ chatId, userId: 22, group: { ...NEIGHBOURS, topic: 555 }, text: `@${bot.username} yana savol` });
  await comesTo(chatId, 3);
  bot.topics.get(chatId)?.delete(555);
  const { path = '' } = (await conversation(chatId)) ?? {};
  expect((await owner.submit(path, `${path}/messages`, { text: 'Xodim yozadi.' })).status).toBe(303);
  expect((await comesTo(chatId, 4)).at(-1)).toMatchObject({ text: 'Xodim yozadi.', thread: null });
});

test.each([
  ['first', -1_021, ['@BOT uchalasi qancha?', undefined, undefined]],
  ['last', -1_022, [undefined, undefined, '@BOT uchalasi qancha?']],
])('an album whose %s caption names the bot is read whole and answered once, to that caption', async (_, chatId, captions) => {
  const bytes = Buffer.from('any bytes');
  product.gemini.requests.length = 0;
  const parts = captions.map((caption, at) =>
    writes({
      chatId,
      userId: 71,
      albumId: `album${chatId}`,
      photo: { fileId: `g${chatId}-${at}`, bytes },
      ...(caption && { caption: caption.replace('BOT', bot.username) }),
    }),
  );
  writes({ chatId, userId: 72, albumId: `other${chatId}`, photo: { fileId: `o${chatId}`, bytes }, caption: 'Bizniki' });
  const [answer] = await comesTo(chatId);
  expect(answer).toMatchObject({
    text: 'uchalasi qancha?',
    replyTo: idOf(parts[captions.findIndex(Boolean)] as (typeof parts)[0]),
  });
  const files = product.gemini.requests.map(
    ({ body }) => body.contents.at(-1)?.parts.filter(({ inlineData }) => inlineData !== undefined).length,
  );
  expect(files).toEqual([3]);
  const stored = `SELECT count(*)::int AS count FROM messages m JOIN conversations c ON c.id = m.conversation_id
    WHERE c.chat_id = '${chatId}' AND m.direction = 'in'`;
  expect(await product.installation.query(stored)).toEqual([{ count: 3 }]);
});

test('anonymous administrators and channels are answered', async () => {
  const chatId = -1_003;
  const asGroup = { id: chatId, title: NEIGHBOURS.title, type: 'supergroup' } as const;
  const asChannel = { id: -1_990, title: 'Bozor kanali', type: 'channel' } as const;
  writes({ chatId, userId: 1, senderChat: asGroup, text: `@${bot.username} admin savoli` });
  writes({ chatId, userId: 1, senderChat: asChannel, text: `@${bot.username} kanal savoli` });
  expect((await comesTo(chatId, 2)).map(({ text }) => text)).toEqual(['admin savoli', 'kanal savoli']);
  expect((await owner.get((await conversation(chatId))?.path ?? '')).html).toContain('Bozor kanali');
});

test('a group that removed the bot is marked, and the person who asked there is still answered in private', async () => {
  const chatId = -1_004;
  bot.kickedFrom.add(chatId);
  writes({ chatId, userId: 41, text: `@${bot.username} narx?` });
  await product.telegram.waitFor(async () => (await conversation(chatId))?.unreachable, 'the mark');
  const html = async () => (await owner.get((await conversation(chatId))?.path ?? '')).html;
  expect(await html()).toContain('Guruh botni chiqarib yuborgan');
  expect(await html()).toContain('Bot bu guruhdan chiqarilgan');
  const people = "SELECT count(*)::int AS count FROM customers WHERE platform_user_id = '41' AND unreachable_at IS NOT NULL";
  expect(await product.installation.query(people)).toEqual([{ count: 0 }]);

  product.telegram.customerSends(bot, { userId: 41, text: 'Salom, non bormi?' });
  expect((await comesTo(41))[0]?.text).toBe('Salom, non bormi?');

  product.telegram.botIsRemoved(bot, chatId, false);
  await product.telegram.waitFor(async () => (await conversation(chatId))?.unreachable === false, 'the mark goes');
});

test('slow mode of one group holds that group only', async () => {
  const chatId = -1_005;
  product.telegram.fault({ chatId, method: 'sendMessage', times: 1, fault: faults.tooMany(10) });
  const askedMs = Date.now();
  writes({ chatId, userId: 51, text: `@${bot.username} sekin?` });
  await product.telegram.waitFor(
    () => product.telegram.calls(bot, 'sendMessage').some(({ params }) => Number(params['chat_id']) === chatId),
    'the refused call',
  );
  product.telegram.customerSends(bot, { userId: 52, text: 'Tez?' });
  const [quick] = await comesTo(52);
  const [slow] = await comesTo(chatId);
  expect(quick?.atMs ?? Number.NaN).toBeLessThan(slow?.atMs ?? Number.NaN);
  expect((slow?.atMs ?? 0) - askedMs).toBeGreaterThan(9_900);
});

test.each([
  ['before anything is written there', -1_006, -2_006, false],
  ['after somebody wrote there', -1_007, -2_007, true],
])('a group that becomes a supergroup keeps its conversation, and the answer in flight arrives: %s', async (_, from, into, wrote) => {
  writes({ chatId: from, userId: 61, text: `@${bot.username} birinchi` });
  await comesTo(from);
  const before = await conversation(from);

  product.telegram.groupMigrates(bot, from, into, false);
  if (wrote) {
    writes({ chatId: into, userId: 62, text: `@${bot.username} yangi joyda` });
    await comesTo(into);
  }
  writes({ chatId: from, userId: 61, text: `@${bot.username} ikkinchi` });
  const expected = [...(wrote ? ['yangi joyda'] : []), 'ikkinchi'];
  expect((await comesTo(into, expected.length)).map(({ text, replyTo }) => [text, replyTo === null]).sort()).toEqual(
    expected.map((text) => [text, text === 'ikkinchi']).sort(),
  );
  expect(await conversation(into)).toEqual(before);
  expect(await conversation(from)).toBeUndefined();
});

test('the service message alone moves the conversation', async () => {
  writes({ chatId: -1_008, userId: 71, text: `@${bot.username} eski` });
  await comesTo(-1_008);
  const before = await conversation(-1_008);
  product.telegram.groupMigrates(bot, -1_008, -2_008);
  await product.telegram.waitFor(() => conversation(-2_008), 'the move');
  expect(await conversation(-2_008)).toEqual(before);
});
