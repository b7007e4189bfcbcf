// One desk bot for all businesses, and customers on each channel.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { createTelegramBot, registerOwner } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const DESK_TOKEN = `${799_000_001}:${'D'.repeat(35)}`;
let business: MetaBusiness;
let deskBot: BotState;
let shopBot: BotState;
let desk: DeskMember;
let stranger: DeskMember;
beforeAll(async () => {
  business = await startMetaBusiness({ ai: false, deskToken: DESK_TOKEN });
  const { product, owner } = business;
  deskBot = product.telegram.bot(799_000_001);
  shopBot = product.telegram.addBot({ token: `${700_000_001}:${'A'.repeat(35)}` });
  await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'You help.', token: shopBot.token });
  await registerOwner(product.app.url, 'stranger');
  await product.installation.query("UPDATE users SET language = 'en'");
  await product.telegram.waitFor(
    async () => (await product.installation.query("SELECT 1 FROM desk_bots WHERE state = 'ACTIVE'")).length === 1,
    'the desk bot',
    60_000,
  );
  desk = deskMember(product, deskBot, 9_001);
  stranger = deskMember(product, deskBot, 9_666);
  await desk.link(owner);
});
afterAll(() => business.close());

test('a question on each channel is answered from the installation’s desk bot', async () => {
  const { product, graph, whatsapp, instagram } = business;
  const asked = { whatsapp: 'Do you sell boats on WhatsApp?', instagram: 'Do you sell boats on Instagram?' };
  await graph.customerWrites(whatsapp, { from: '998901112233', text: asked.whatsapp });
  await graph.customerWrites(instagram, { from: '6843250472390123', text: asked.instagram });
  product.telegram.customerSends(shopBot, { userId: 5_001, languageCode: 'en', text: 'Do you sell boats on Telegram?' });

  const cards = await Promise.all(
    ['WhatsApp', 'Instagram', 'Telegram'].map(async (channel) => {
      const card = await desk.gets(`Do you sell boats on ${channel}?`);
      expect(card.text).toContain(`${channel} · `);
      desk.writes(`Yes, on ${channel}.`, card);
      return card;
    }),
  );
  const gets = (account: typeof whatsapp, text: string) =>
    graph.waitFor(() => account.sent.some((sent) => sent.text === text), `“${text}”`, 30_000);
  await gets(whatsapp, 'Yes, on WhatsApp.');
  await gets(instagram, 'Yes, on Instagram.');
  await product.telegram.waitFor(
    () => product.telegram.sent(shopBot).some(({ text }) => text === 'Yes, on Telegram.'),
    'Telegram’s',
  );
  await product.telegram.waitFor(() => cards.every(({ text }) => text.includes('Answered by oltin-non')), 'the states', 30_000);
});

test('after the reply window the desk says why nothing was sent', async () => {
  const { product, graph, whatsapp } = business;
  await graph.customerWrites(whatsapp, { from: '998901112244', text: 'Do you sell planes?' });
  const card = await desk.gets('Do you sell planes?');
  await product.installation.query(
    `UPDATE messages SET created_at = created_at - interval '25 hours', written_at = written_at - interval '25 hours'
     WHERE conversation_id = (SELECT id FROM conversations WHERE chat_id LIKE '%998901112244')`,
  );
  desk.writes('Yes, small ones.', card);
  const note = await desk.gets('Nothing was sent.');
  expect(note.text).toContain('24 hours');
  expect(whatsapp.sent.map(({ text }) => text)).not.toContain('Yes, small ones.');
});

test('a chat that belongs to nobody learns nothing and reaches nobody', async () => {
  const [card] = desk.received().filter(({ keyboard }) => keyboard.length > 0);
  stranger.writes('Hello');
  await stranger.gets('not linked to a business');
  await stranger.sends(card?.messageId ?? 0, card?.keyboard[0]?.[0]?.callback_data ?? '');
  expect(stranger.received()).toHaveLength(1);
  const stored = "SELECT 1 FROM messages WHERE text = 'Hello'";
  expect(await business.product.installation.query(stored)).toEqual([]);
});
