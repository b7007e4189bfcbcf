import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphAccount, GraphEmulator } from '../support/graph-emulator/graph-emulator.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { createTelegramBot } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import type { TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';

let business: MetaBusiness;
let graph: GraphEmulator;
let telegram: TelegramEmulator;
let bot: BotState;
const LONG = ['Bolalar uchun ingliz tili kurslari', 'Kattalar uchun ingliz tili kurslari'];

// No Gemini key: two entries fit alike, so the customer is asked which one is meant.
beforeAll(async () => {
  business = await startMetaBusiness({ ai: false });
  ({ graph } = business);
  const { owner, product } = business;
  telegram = product.telegram;
  bot = telegram.addBot({ token: `700000001:${'A'.repeat(35)}`, username: 'oltin_non_bot' });
  await createTelegramBot(owner, { name: 'Kurslar', systemPrompt: 'Siz yordamchisiz.', token: bot.token });
  for (const [title, content] of [
    ['Bolalar kurslari', 'Haftada uch marta, 400 000 soʻm.'],
    ['Kattalar kurslari', 'Haftada ikki marta, 600 000 soʻm.'],
  ] as const) {
    for (const { id } of await bots()) await owner.submit(`/bots/${id}/knowledge`, `/bots/${id}/knowledge`, { title, content });
  }
});
afterAll(() => business.close());

const bots = () => business.product.installation.query<{ id: string; name: string }>('SELECT id, name FROM bots ORDER BY id');
const lastTo = (chatId: number) => telegram.sent(bot.id).findLast((sent) => sent.chatId === chatId);

async function telegramReply(chatId: number, act: () => unknown) {
  const before = lastTo(chatId)?.messageId;
  act();
  await telegram.waitFor(() => lastTo(chatId)?.messageId !== before, 'a reply');
  return lastTo(chatId) as NonNullable<ReturnType<typeof lastTo>>;
}

async function metaReply(account: GraphAccount, from: string, content: object) {
  const to = () => account.sent.filter(({ chatId }) => chatId === from);
  const before = to().length;
  await graph.customerWrites(account, { from, ...content });
  await graph.waitFor(() => to().length > before, 'a reply');
  return to().at(-1) as NonNullable<ReturnType<typeof to>[number]>;
}

test('Telegram: a press sends the entry, and the press itself is answered', async () => {
  const offer = await telegramReply(501, () => telegram.customerSends(bot.id, { userId: 501, text: 'kurslar bormi?' }));
  expect(offer.buttons?.map(({ text }) => text)).toEqual(['Bolalar kurslari', 'Kattalar kurslari', 'Boshqa savol']);
  expect(offer.text).not.toContain('1.');

  const answer = await telegramReply(501, () => telegram.customerPresses(bot.id, offer.messageId, 'Kattalar kurslari'));
  expect(answer.text).toContain('600 000');
  expect(telegram.calls(bot.id, 'answerCallbackQuery')).toHaveLength(1);
});

test('Telegram: a number is understood as before', async () => {
  await telegramReply(502, () => telegram.customerSends(bot.id, { userId: 502, text: 'kurslar bormi?' }));
  const answer = await telegramReply(502, () => telegram.customerSends(bot.id, { userId: 502, text: '1' }));
  expect(answer.text).toContain('400 000');
});

/** What a person of the business hears of the chat. */
async function heardOf(chatId: number | string) {
  const ungrouped = 'SELECT 1 FROM attention WHERE grouped_at IS NULL';
  await telegram.waitFor(async () => (await business.product.installation.query(ungrouped)).length === 0, 'grouped questions');
  return business.product.installation.query<{ kind: string; question: string }>(
    `SELECT a.kind, a.question FROM attention a JOIN conversations c ON c.id = a.conversation_id WHERE c.chat_id = '${chatId}' ORDER BY a.created_at`,
  );
}
const OPEN = { kind: 'no_answer', question: 'kurslar bormi?' };

test('Telegram: a press of “something else” says that the staff sees the question, and it is open', async () => {
  const offer = await telegramReply(511, () => telegram.customerSends(bot.id, { userId: 511, text: 'kurslar bormi?' }));
  const reply = await telegramReply(511, () => telegram.customerPresses(bot.id, offer.messageId, 'Boshqa savol'));

  expect(reply.text).toContain('xodimlarimizga koʻrinib turibdi');
  expect(await heardOf(511)).toEqual([OPEN]);
});

test.each([
  ['no, none', 'Yoʻq, hech qaysi', 'xodimlarimizga koʻrinib turibdi', [OPEN]],
  ['no, in Russian', 'нет, другое', '', [OPEN]],
  ['the same again', 'kurslar bormi?', 'xodimlarimizga koʻrinib turibdi', [OPEN, OPEN]],
  ['another question', 'Parkovka bepulmi?', '', [OPEN, { kind: 'no_answer', question: 'Parkovka bepulmi?' }]],
  ['thanks', 'rahmat', '', [OPEN]],
])('Telegram: after an offer %s leaves the question open', async (_what, text, says, heard) => {
  const chat = 520 + text.length;
  await telegramReply(chat, () => telegram.customerSends(bot.id, { userId: chat, text: 'kurslar bormi?' }));
  const reply = await telegramReply(chat, () => telegram.customerSends(bot.id, { userId: chat, text }));

  expect(reply.text).toContain(says);
  expect(await heardOf(chat)).toEqual(expect.arrayContaining(heard));
  expect(await heardOf(chat)).toHaveLength(heard.length);
});

test('Telegram: a press of an entry leaves nothing open, an offer without any answer does', async () => {
  const pressed = await telegramReply(561, () => telegram.customerSends(bot.id, { userId: 561, text: 'kurslar bormi?' }));
  await telegramReply(561, () => telegram.customerPresses(bot.id, pressed.messageId, 'Kattalar kurslari'));
  await telegramReply(562, () => telegram.customerSends(bot.id, { userId: 562, text: 'kurslar bormi?' }));
  await business.product.installation.query(
    "UPDATE messages SET created_at = created_at - interval '4 minutes' WHERE conversation_id IN (SELECT id FROM conversations WHERE chat_id IN ('561', '562'))",
  );

  await telegram.waitFor(async () => (await heardOf(562)).length === 1, 'the silent offer', 90_000);
  expect(await heardOf(562)).toEqual([OPEN]);
  expect(await heardOf(561)).toEqual([]);
});

test('Telegram: a forged press of another bot’s entry is answered to the app and does nothing else', async () => {
  const offer = await telegramReply(503, () => telegram.customerSends(bot.id, { userId: 503, text: 'kurslar bormi?' }));
  const [foreign] = await business.product.installation.query<{ id: string }>(
    "SELECT e.id FROM knowledge_entries e JOIN bots b ON b.id = e.bot_id WHERE b.name <> 'Kurslar' LIMIT 1",
  );
  telegram.customerPresses(bot.id, offer.messageId, 'Bolalar kurslari', `entry:${foreign?.id}`);
  const next = await telegramReply(503, () => telegram.customerSends(bot.id, { userId: 503, text: '2' }));

  expect(next.text).toContain('600 000');
  expect(telegram.sent(bot.id).filter(({ chatId }) => chatId === 503)).toHaveLength(2);
});

test('Telegram: the button of a deleted entry asks what it said', async () => {
  const offer = await telegramReply(504, () => telegram.customerSends(bot.id, { userId: 504, text: 'kurslar bormi?' }));
  const gone = '01890000-0000-7000-8000-000000000009';
  const [button] = offer.buttons ?? [];
  Object.assign(button ?? {}, { callback_data: `entry:${gone}` });
  const answer = await telegramReply(504, () => telegram.customerPresses(bot.id, offer.messageId, 'Bolalar kurslari'));

  expect(answer.text).toContain('400 000');
});

test('Telegram: buttons that are refused leave the numbered text', async () => {
  const fault = { kind: 'error', status: 400, description: 'Bad Request: BUTTON_DATA_INVALID' } as const;
  telegram.fault({ botId: bot.id, method: 'sendMessage', times: 1, fault });
  const offer = await telegramReply(505, () => telegram.customerSends(bot.id, { userId: 505, text: 'kurslar bormi?' }));

  expect(offer.buttons).toBeUndefined();
  expect(offer.text).toContain('2. Kattalar kurslari');
});

test('Telegram: /start has a button that calls a person', async () => {
  const greeting = await telegramReply(506, () =>
    telegram.customerSends(bot.id, { userId: 506, text: '/start', languageCode: 'ru' }),
  );
  const answer = await telegramReply(506, () => telegram.customerPresses(bot.id, greeting.messageId, 'Позвать сотрудника'));
  const [waiting] = await business.product.installation.query<{ why: string }>(
    "SELECT needs_person_why AS why FROM conversations WHERE chat_id = '506'",
  );

  expect(answer.text).toContain('сотрудникам');
  expect(waiting?.why).toBe('asked');
});

test('WhatsApp: short titles are reply buttons, a press sends the entry', async () => {
  const { whatsapp } = business;
  const offer = await metaReply(whatsapp, '998901112233', { text: 'kurslar bormi?' });
  expect(offer).toMatchObject({
    shape: 'button',
    choices: ['Bolalar kurslari', 'Kattalar kurslari', 'Boshqa savol'].map((title) => ({ title })),
  });

  const [, { id, title }] = offer.choices as [unknown, { id: string; title: string }];
  const interactive = { type: 'button_reply', button_reply: { id, title } };
  const answer = await metaReply(whatsapp, '998901112233', { type: 'interactive', content: interactive });
  expect(answer.text).toContain('600 000');
});

test('Instagram: quick replies under the numbered text, a press sends the entry', async () => {
  const { instagram } = business;
  const offer = await metaReply(instagram, '6843250472390123', { text: 'kurslar bormi?' });
  expect(offer.text).toContain('1. Bolalar kurslari');

  const [{ id, title }] = offer.choices as [{ id: string; title: string }];
  const message = { quick_reply: { payload: id } };
  expect((await metaReply(instagram, '6843250472390123', { text: title, message })).text).toContain('400 000');
});

test('WhatsApp: a long title makes a list, and a press of its row sends the entry', async () => {
  const { whatsapp, owner, product } = business;
  const entries = await product.installation.query<{ id: string; bot: string; content: string }>(
    "SELECT e.id, bot_id AS bot, content FROM knowledge_entries e JOIN bots b ON b.id = bot_id WHERE name LIKE '%whatsapp' AND title LIKE '% kurslari' ORDER BY e.id",
  );
  for (const [at, { id, bot: botId, content }] of entries.entries()) {
    const page = `/bots/${botId}/knowledge`;
    await owner.submit(`${page}/${id}`, `${page}/${id}`, { title: LONG[at] ?? '', content });
  }
  const offer = await metaReply(whatsapp, '998901112244', { text: 'kurslar bormi?' });

  expect(offer).toMatchObject({ shape: 'list', text: expect.stringContaining(`2. `) });
  const row = offer.choices?.find(({ description }) => description === LONG[1]);
  const interactive = { type: 'list_reply', list_reply: row };
  const answer = await metaReply(whatsapp, '998901112244', { type: 'interactive', content: interactive });
  expect(answer.text).toContain('600 000');
});
