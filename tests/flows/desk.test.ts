import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { type DeskMember, deskCode, deskMember } from '../support/desk-member.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { registerOwner, type Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let owner: Visitor;
let second: Visitor;
let bot: BotState;
let desk: DeskMember;
let colleague: DeskMember;
beforeAll(async () => {
  product = await startProduct({ ai: false, adapt: (env) => ({ ...env, PUBLIC_URL: 'https://bots.example.com' }) });
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  bot = made.bots[0];
  // A second member of the same business.
  second = await registerOwner(product.app.url, 'dilnoza');
  const { query } = product.installation;
  await query(`UPDATE memberships SET role = 'operator', tenant_id = (SELECT tenant_id FROM bots LIMIT 1)
    WHERE user_id = (SELECT id FROM users WHERE username = 'dilnoza')`);
  await query("UPDATE users SET language = 'en'");
  desk = deskMember(product, bot, 9_001);
  colleague = deskMember(product, bot, 9_002);
});
afterAll(() => product.close());

const customerSays = (userId: number, text: string) =>
  product.telegram.customerSends(bot, { userId, firstName: 'Aziz', languageCode: 'en', text });
const atCustomer = (userId: number): string[] =>
  product.telegram
    .sent(bot)
    .filter(({ chatId }) => chatId === userId)
    .map(({ text }) => text);
const customerGets = (userId: number, text: string) =>
  product.telegram.waitFor(() => atCustomer(userId).includes(text), `“${text}” at the customer's`, 30_000);
const comes = (condition: () => boolean, what: string) => product.telegram.waitFor(condition, what, 30_000);

test('a link works once, in time and for one chat; each other try gets a plain sentence', async () => {
  const first = await deskCode(owner);
  await desk.link(owner);
  colleague.writes(`/start ${first}`);
  await colleague.gets('This link was used already');
  colleague.writes(`/start ${first.slice(0, -1)}`);
  await colleague.gets('This link does not work');
  const late = await deskCode(second);
  await product.installation.query('UPDATE desk_codes SET expires_at = now() WHERE used_at IS NULL');
  colleague.writes(`/start ${late}`);
  await colleague.gets('This link has expired');

  await colleague.link(second);
  expect((await owner.get('/account/telegram')).html).toContain('Customer 9001');
  expect(product.app.output()).not.toContain(first);
  expect(atCustomer(9_001), 'nobody is answered as a customer').toHaveLength(1);
});

test('a question nobody could answer comes to every desk; the first answer reaches the customer once and shows on all cards', async () => {
  customerSays(5_001, 'Do you deliver to <b>Samarkand</b> & Bukhara?');
  const words = 'Do you deliver to <b>Samarkand</b> & Bukhara?';
  const [card, other] = await Promise.all([desk.gets(words), colleague.gets(words)]);
  expect(card.text).toContain('No answer for Aziz');
  expect(card.keyboard.flat().map(({ text }) => text)).toEqual(['Answer', 'Take over', 'Add to knowledge', 'Done', 'Open']);
  desk.writes('Yes, on Fridays.', card);

  await customerGets(5_001, 'Yes, on Fridays.');
  await comes(() => [card, other].every(({ text }) => text.includes('Answered by owner · sent')), 'the state on both cards');
  expect(atCustomer(5_001).filter((text) => text === 'Yes, on Fridays.')).toHaveLength(1);
});

test('Answer takes the next message; a further message of the customer comes under the card', async () => {
  customerSays(5_002, 'Can I pay with crypto?');
  const card = await desk.gets('Can I pay with crypto?');
  await desk.presses(card, 'Answer');
  await desk.gets('Write your answer to:');
  desk.writes('Only with a card.');
  await customerGets(5_002, 'Only with a card.');

  customerSays(5_002, 'Which card?');
  const further = await desk.gets('Which card?');
  expect(further.replyTo).toBe(card.messageId);
  expect(atCustomer(5_002).at(-1), 'the bot is silent').toBe('Only with a card.');
  desk.writes('Any.', further);
  await customerGets(5_002, 'Any.');
});

test('the second person is told who has the conversation; handed back, the bot answers again', async () => {
  customerSays(5_003, '/human');
  const words = 'asks for a person';
  const mine = await desk.gets(words);
  const theirs = await colleague.gets(words);
  await desk.presses(mine, 'Take over');
  await comes(() => mine.keyboard.flat().some(({ text }) => text === 'For 4 hours'), 'the choice of hours');
  await desk.presses(mine, 'For 4 hours');

  expect(await colleague.presses(theirs, 'Take over')).toMatchObject({
    alert: true,
    text: expect.stringContaining('owner has this'),
  });
  await comes(() => theirs.text.includes('owner has the conversation until'), 'the holder on the card');
  const hours = `SELECT round(extract(epoch FROM silenced_until - now()) / 3600) AS hours FROM conversations WHERE chat_id = '5003'`;
  expect(await product.installation.query(hours)).toEqual([{ hours: '4' }]);

  await comes(() => mine.keyboard.flat().some(({ text }) => text === 'Hand back'), 'the button to hand back');
  await desk.presses(mine, 'Hand back');
  customerSays(5_003, 'Can I pay with gold?');
  await comes(() => atCustomer(5_003).length >= 2, 'an answer of the bot');
});

test('knowledge is added from the card, and the bot answers from it', async () => {
  customerSays(5_004, 'Do you have gluten-free bread?');
  const card = await desk.gets('Do you have gluten-free bread?');
  await desk.presses(card, 'Add to knowledge');
  await desk.gets('What should the bot answer to this?');
  desk.writes('Gluten-free bread costs 25 000 on Mondays.');
  const learned = await desk.gets('The bot now answers');
  expect(learned.text).toContain('25 000');
  expect(learned.text).toContain('went to 1 customer');
  await comes(() => atCustomer(5_004).some((text) => text.startsWith('You asked: ') && text.includes('25 000')), 'the answer');
  expect(learned.text, 'no card is left open by it').not.toContain('could be written');

  customerSays(5_005, 'Do you have gluten-free bread?');
  await comes(() => atCustomer(5_005).some((text) => text.includes('25 000')), 'the answer from the knowledge');
});

test('an answer becomes knowledge by one press: the customer has it, others who asked get it', async () => {
  customerSays(5_040, 'Is there a discount for teachers?');
  customerSays(5_041, 'Is there a discount for teachers?');
  const card = await desk.gets('Is there a discount for teachers?');
  desk.writes('Teachers pay 15 percent less.', card);
  const at = (chat: number) => atCustomer(chat).filter((text) => text.includes('15 percent'));
  await comes(() => [5_040, 5_041].some((chat) => at(chat).length === 1), 'the answer');
  await comes(() => card.keyboard.flat().some(({ text }) => text === 'Teach the bot this answer'), 'the button');
  await desk.presses(card, 'Teach the bot this answer');
  await comes(() => [5_040, 5_041].every((chat) => at(chat).length === 1), 'the answer at both');
  const open = "SELECT 1 FROM open_questions WHERE state = 'open' AND answer ILIKE '%15 percent%'";
  expect(await product.installation.query(open)).toEqual([]);

  customerSays(5_042, 'Is there a discount for teachers?');
  await comes(() => at(5_042).length === 1, 'the bot’s answer');
});

test('a wrong answer is corrected at the desk: the knowledge is mended, and the customer gets it once when that is wanted', async () => {
  customerSays(5_080, 'Do you have gluten-free bread?');
  await comes(() => atCustomer(5_080).some((text) => text.includes('25 000')), 'the answer from the knowledge');
  customerSays(5_080, '/human');
  const card = await desk.gets('Bot: Gluten-free bread costs 25 000');
  await desk.presses(card, 'Wrong answer');
  const ask = await desk.gets('The bot answered:');
  expect(ask.text).toContain('25 000');
  await product.installation.query('UPDATE desk_links SET expects_until = now()');
  desk.writes('Gluten-free bread costs 27 000 on Mondays.', ask);
  const corrected = await desk.gets('is corrected');
  expect(corrected.text).toContain('27 000');
  const entries = "SELECT content FROM knowledge_entries WHERE content LIKE 'Gluten-free%'";
  const right = [{ content: 'Gluten-free bread costs 27 000 on Mondays.' }];
  expect(await product.installation.query(entries)).toEqual(right);
  const at = () => atCustomer(5_080).filter((text) => text.includes('27 000'));
  expect(at()).toEqual([]);
  for (const _ of [1, 2]) expect((await desk.presses(corrected, 'Send it to the customer')).text).toContain('on its way');
  await comes(() => at().length === 1, 'the correction');
  expect(at()).toEqual([expect.stringContaining('Gluten-free bread costs 27 000 on Mondays.')]);
  const [send] = corrected.keyboard.flat();
  const stranger = deskMember(product, bot, 9_666);
  await stranger.sends(corrected.messageId, send?.callback_data ?? '');
  expect(at()).toHaveLength(1);
});

test('a customer who asks again while the card waits gets no second card: the card counts, and names what else was asked', async () => {
  const cards = () =>
    desk.received().filter(({ text, keyboard }) => keyboard.length > 0 && /sundial|planetarium/.test(text)).length;
  customerSays(5_090, 'Do you sell a sundial?');
  const card = await desk.gets('Do you sell a sundial?');
  const { query } = product.installation;
  // The ten minutes of a conversation are over.
  await query(`UPDATE desk_messages SET created_at = created_at - interval '1 hour', dedupe_key = 'earlier'
    WHERE conversation_id = (SELECT id FROM conversations WHERE chat_id = '5090')`);
  customerSays(5_090, 'so do you sell sundials??');
  await comes(
    () => card.text.includes('1 more question without an answer:\n– so do you sell sundials??'),
    'the count on the card',
  );
  expect(cards()).toBe(1);
  customerSays(5_090, 'When is the planetarium open?');
  await comes(() => cards() === 2, 'a card of the other question');
  customerSays(5_090, 'Is the planetarium for children?');
  const second = desk.received().findLast(({ text }) => text.includes('When is the planetarium open?')) as typeof card;
  await comes(() => second.text.includes('– Is the planetarium for children?'), 'the question of the same minutes on the card');
  expect(cards()).toBe(2);

  desk.writes('Yes, of brass.', card);
  await customerGets(5_090, 'Yes, of brass.');
  await query("UPDATE conversations SET silenced_until = NULL WHERE chat_id = '5090'");
  await query(`UPDATE desk_messages SET created_at = created_at - interval '1 hour', dedupe_key = id::text
    WHERE conversation_id = (SELECT id FROM conversations WHERE chat_id = '5090')`);
  customerSays(5_090, 'Do you sell a sundial?');
  await comes(() => cards() === 3, 'a new card, because the first was answered');
});

test('a video comes named with its caption; the caption is answered, and a video alone is shown to people', async () => {
  const video = { fileId: 'a-video', bytes: Buffer.from('a video'), fileName: 'oven.mp4' };
  const from = { languageCode: 'en' };
  product.telegram.customerSends(bot, { ...from, userId: 5_050, caption: 'Do you repair ovens like this?', video });
  const card = await desk.gets('Do you repair ovens like this?');
  expect(card.text).toContain('📎 Video: oven.mp4');
  product.telegram.customerSends(bot, { ...from, userId: 5_051, video });
  await comes(() => atCustomer(5_051).some((text) => text.includes('Our staff can see it')), 'a true sentence');
  const bare = () => desk.received().find(({ text }) => text.includes('A message without words') && text.includes('📎 Video'));
  await comes(() => bare() !== undefined, 'the card of a video without words');
});

test('the transcript of a voice note stands on its card', async () => {
  const ogg = Buffer.from('OggS a voice');
  product.telegram.customerSends(bot, { userId: 5_060, languageCode: 'en', voice: { fileId: 'spoken', bytes: ogg } });
  await comes(() => atCustomer(5_060).length === 1, 'a reply');
  await product.installation.query(`
    WITH spoken AS (
      UPDATE messages SET media_text = 'I want two cakes for Friday' WHERE kind = 'voice' AND direction = 'in'
        AND conversation_id = (SELECT id FROM conversations WHERE chat_id = '5060') RETURNING *
    )
    INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, kind, question)
    SELECT s.tenant_id, c.bot_id, c.id, s.id, 'unknown', '' FROM spoken s JOIN conversations c ON c.id = s.conversation_id`);
  expect((await desk.gets('In words: I want two cakes for Friday')).text).toContain('📎 Voice message');
});

test('the digest names the open questions with buttons: answered in the chat, or closed', async () => {
  customerSays(5_070, 'Do you sell kites for children?');
  await desk.gets('Do you sell kites for children?');
  customerSays(5_071, 'Can I rent a boat for two?');
  await desk.gets('Can I rent a boat for two?');
  const { query } = product.installation;
  const rest =
    "UPDATE open_questions SET state = 'dismissed' WHERE id NOT IN (SELECT question_id FROM open_question_askers s JOIN conversations c ON c.id = s.conversation_id WHERE chat_id IN ('5070', '5071'))";
  await query(rest);
  // A zone where it is after eight in the evening: hours away from UTC, between -12 and 11.
  const offset = ((21 - new Date().getUTCHours() + 36) % 24) - 12;
  await query(`UPDATE tenants SET time_zone = 'Etc/GMT${offset >= 0 ? '-' : '+'}${Math.abs(offset)}'`);
  await query("UPDATE desk_links SET created_at = now() - interval '2 days', digest_on = NULL");
  const digest = await desk.gets('Open questions:', 90_000);
  expect(digest.keyboard.flat().map(({ text }) => text)).toEqual(
    [1, 2].flatMap((at) => ['Answer', 'Not our business', 'Open'].map((label) => `${at}. ${label}`)),
  );
  const kites = digest.text.includes('1. Do you sell kites') ? 1 : 2;
  await desk.presses(digest, `${kites}. Answer`);
  await desk.gets('What should the bot answer to this?\nDo you sell kites');
  desk.writes('Kites cost 30 000.');
  await comes(() => atCustomer(5_070).some((text) => text.includes('Kites cost 30 000.')), 'the answer at the customer');
  expect((await desk.presses(digest, `${3 - kites}. Not our business`)).text).toBe('Closed without an answer.');
  expect((await desk.presses(digest, `${kites}. Answer`)).text).toBe('This question is closed already.');
  const [card] = digest.keyboard.flat();
  await deskMember(product, bot, 9_666).sends(digest.messageId, card?.callback_data ?? '');
  expect(await query("SELECT state FROM open_questions WHERE state = 'open'")).toEqual([]);
});

test('before the question stand earlier turns, but no command and not the question again', async () => {
  customerSays(5_030, '/help');
  await comes(() => atCustomer(5_030).length === 1, 'the help');
  await product.installation.query(`UPDATE messages SET mode = 'ai', text = '**Just write** your \`question\`'
    WHERE direction = 'out' AND conversation_id = (SELECT id FROM conversations WHERE chat_id = '5030')`);
  customerSays(5_030, 'Do you sell tents?');
  await comes(() => atCustomer(5_030).length === 2, 'the answer');
  customerSays(5_030, '/human');
  const card = await desk.gets('Do you sell tents?');
  expect(card.text).toContain('Before that:');
  expect(card.text).not.toContain('Customer: /');
  expect(card.text, 'in words, not in the marks of the AI').toContain('Bot: Just write your question');
  expect(card.text.match(/tents/g)).toHaveLength(1);
});

test('a photo and a voice note come to the desk as the customer sent them', async () => {
  const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex');
  const from = { userId: 5_002, languageCode: 'en' };
  product.telegram.customerSends(bot, { ...from, caption: 'This tower', photo: { fileId: 'a-photo', bytes: jpeg } });
  const told = await desk.gets('This tower');
  await comes(() => desk.received().some(({ photo, replyTo }) => photo && replyTo === told.messageId), 'the photo');

  const ogg = Buffer.from('OggS a voice');
  product.telegram.customerSends(bot, { ...from, voice: { fileId: 'a-voice', bytes: ogg } });
  const spoken = await desk.gets('writes\nA message without words');
  const voice = () => desk.received().find(({ file, replyTo }) => file?.kind === 'voice' && replyTo === spoken.messageId);
  await comes(() => voice() !== undefined, 'the voice note');
  expect(voice()?.file?.bytes).toEqual(ogg);
});

test('Done closes the conversation and every card of it', async () => {
  customerSays(5_006, 'Do you repair shoes?');
  const card = await desk.gets('Do you repair shoes?');
  const other = await colleague.gets('Do you repair shoes?');
  expect((await desk.presses(card, 'Done')).text).toBe('Done. The bot answers what comes next.');
  await comes(
    () =>
      [card, other].every(
        ({ keyboard }) =>
          keyboard
            .flat()
            .map(({ text }) => text)
            .join() === 'Open',
      ),
    'closed cards',
  );
  const waits = "SELECT 1 FROM conversations WHERE chat_id = '5006' AND needs_person_at IS NOT NULL";
  expect(await product.installation.query(waits)).toEqual([]);
});

test('forged, foreign and stale presses do nothing and are answered', async () => {
  customerSays(5_007, 'Do you sell boats?');
  const card = await desk.gets('Do you sell boats?');
  const data = card.keyboard.flat().find(({ text }) => text === 'Done')?.callback_data as string;
  const stranger = deskMember(product, bot, 9_666);
  customerSays(9_666, 'Hello');
  const closed = desk.received().find(({ text }) => text.includes('Do you repair shoes?')) as typeof card;

  await stranger.sends(card.messageId, data);
  await colleague.sends(card.messageId, data);
  await desk.sends(closed.messageId, data);
  await desk.sends(card.messageId, `desk:done:${newId()}`);
  await desk.sends(card.messageId, `desk:constructor:${data.split(':')[2]}`);
  await desk.sends(card.messageId, 'desk:done');
  const closedId = (
    await product.installation.query<{ id: string }>(
      'SELECT id FROM desk_messages WHERE closed_at IS NOT NULL ORDER BY created_at LIMIT 1',
    )
  )[0]?.id;
  expect((await desk.sends(closed.messageId, `desk:take_hour:${closedId}`)).text).toBe('This card is closed.');
  const waits =
    "SELECT needs_person_at IS NOT NULL AS waits FROM conversations WHERE chat_id IN ('5006', '5007') ORDER BY chat_id";
  expect(await product.installation.query(waits)).toEqual([{ waits: false }, { waits: true }]);
});

test('on the own bot a member tries the bot as a customer, and goes back to work', async () => {
  desk.writes('/customer');
  await desk.gets('answers you as a customer');
  desk.writes('Do you have gluten-free bread?');
  await comes(() => desk.received().some(({ text }) => text.includes('27 000') && !text.includes('now answers')), 'an answer');
  desk.writes('/desk');
  expect((await desk.gets('your desk again')).replyTo).toBeNull();
});

test('a removed member’s desk is dead at once', async () => {
  customerSays(5_008, 'Do you sell cars?');
  const card = await colleague.gets('Do you sell cars?');
  await product.installation.query("DELETE FROM memberships WHERE role = 'operator'");
  colleague.writes('Yes, red ones.', card);
  await colleague.sends(card.messageId, card.keyboard[0]?.[0]?.callback_data as string);
  // What they write is now a customer's message, and has been received when this is there.
  const received = "SELECT 1 FROM messages WHERE text = 'Yes, red ones.' AND direction = 'in'";
  await product.telegram.waitFor(
    async () => (await product.installation.query(received)).length === 1,
    'the message as a customer’s',
  );
  expect(atCustomer(5_008)).not.toContain('Yes, red ones.');
  expect(
    await product.installation.query(
      "SELECT 1 FROM desk_messages d JOIN desk_links l ON l.id = d.link_id WHERE l.chat_id = '9002'",
    ),
  ).toEqual([]);
});

test('a member who blocks the bot is told on the page; when they write again, cards come again', async () => {
  product.telegram.customerBlocks(bot, 9_001);
  customerSays(5_020, 'Do you sell trains?');
  const broken = 'SELECT 1 FROM desk_links WHERE broken_at IS NOT NULL';
  const isBroken = async () => (await product.installation.query(broken)).length === 1;
  await product.telegram.waitFor(isBroken, 'the broken link', 30_000);
  expect((await owner.get('/account/telegram')).html).toContain('Telegram does not deliver to this chat');

  product.telegram.customerBlocks(bot, 9_001, false);
  desk.writes('/help');
  await product.telegram.waitFor(async () => !(await isBroken()), 'the mended link', 30_000);
  customerSays(5_021, 'Do you sell buses?');
  await desk.gets('Do you sell buses?');
});

test('unlinked in the chat, the page offers a new link and the chat is a customer’s', async () => {
  desk.writes('/unlink');
  await desk.gets('not your desk any more');
  const { html } = await owner.get('/account/telegram');
  expect(html).toContain('?start=desk-');
  expect(html).not.toContain('Customer 9001');
});
