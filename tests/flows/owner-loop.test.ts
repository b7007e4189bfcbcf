// The owner in the loop, on each channel, with and without a key: a question nobody can answer comes to the desk, is answered there
// once, is knowledge from then on, reaches who asked, and the bot answers the next one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import { questionOf, systemTextOf } from '../support/gemini-emulator/gemini-emulator.ts';
import type { GraphAccount } from '../support/graph-emulator/graph-emulator.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { createTelegramBot } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const DESK_TOKEN = `${799_000_001}:${'D'.repeat(35)}`;
const ANSWER = 'A hammock costs 45 000 a day.';
const CHANNELS = { telegram: 'Telegram', whatsapp: 'WhatsApp', instagram: 'Instagram' };
const QUESTION = 'Can I rent a hammock for two days?';

describe.each([
  ['without a key', false],
  ['with a key', true],
])('%s', (_name, ai) => {
  let business: MetaBusiness;
  let shop: BotState;
  let desk: DeskMember;
  beforeAll(async () => {
    business = await startMetaBusiness({ ai, deskToken: DESK_TOKEN });
    const { product, owner } = business;
    shop = product.telegram.addBot({ token: `${700_000_001}:${'A'.repeat(35)}` });
    await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'You help.', token: shop.token });
    await product.installation.query("UPDATE users SET language = 'en'");
    product.gemini.controls.answer = ({ body }) => {
      const asked = questionOf(body).trim();
      const knows = systemTextOf(body).includes(ANSWER);
      return knows
        ? { answer: ANSWER, status: 'answered', used: ['e1'], missing: '' }
        : { answer: 'I do not know.', status: 'unknown', used: [], missing: asked };
    };
    await product.telegram.waitFor(
      async () => (await product.installation.query("SELECT 1 FROM desk_bots WHERE state = 'ACTIVE'")).length === 1,
      'the desk bot',
      60_000,
    );
    desk = deskMember(product, product.telegram.bot(799_000_001), 9_001);
    await desk.link(owner);
  });
  afterAll(() => business.close());

  const people = {
    telegram: ['5001', '5002'],
    whatsapp: ['998901112233', '998901112244'],
    instagram: ['684325047239', '684325047240'],
  };
  type Channel = keyof typeof people;
  const meta = (channel: Channel): GraphAccount => (channel === 'whatsapp' ? business.whatsapp : business.instagram);

  async function says(channel: Channel, from: string, text: string): Promise<void> {
    const { product, graph } = business;
    if (channel === 'telegram') product.telegram.customerSends(shop, { userId: Number(from), languageCode: 'en', text });
    else await graph.customerWrites(meta(channel), { from, text });
  }
  const gotBy = (channel: Channel, who: string): string[] =>
    channel === 'telegram'
      ? business.product.telegram.sent(shop).flatMap(({ chatId, text }) => (chatId === Number(who) ? [text] : []))
      : meta(channel).sent.flatMap(({ chatId, text }) => (chatId === who && text ? [text] : []));
  const gets = (channel: Channel, who: string, words: string) =>
    business.product.telegram.waitFor(
      () => gotBy(channel, who).find((text) => text.includes(words)),
      `“${words}” at the customer of ${channel}`,
      60_000,
    );

  /** Under every answer of the bot on the page, and at the desk on the card that shows it. */
  async function wrongAnswer(channel: Channel, who: string, botId: string): Promise<void> {
    const { product, owner } = business;
    const answers = await product.installation.query<{ id: number; conversationId: string }>(
      `SELECT m.id, m.conversation_id AS "conversationId" FROM messages m JOIN conversations c ON c.id = m.conversation_id
       WHERE c.bot_id = '${botId}' AND m.direction = 'out' AND m.mode IN ('ai', 'knowledge', 'fallback')`,
    );
    expect(answers.length).toBeGreaterThan(1);
    for (const { id, conversationId } of answers) {
      const page = `/bots/${botId}/conversations/${conversationId}`;
      expect((await owner.get(page)).html).toContain(`${page}/messages/${id}/correct`);
    }
    const right = 'A hammock costs 50 000 a day.';
    await says(channel, who, '/human');
    const asks = () =>
      desk.received().find(({ text, keyboard }) => {
        const labels = keyboard.flat().map((button) => button.text);
        return text.includes('45 000') && text.includes(`${CHANNELS[channel]} · `) && labels.includes('Wrong answer');
      });
    const card = await product.telegram.waitFor(asks, 'the card with the answer', 60_000);
    await desk.presses(card, 'Wrong answer');
    const expected = "SELECT 1 FROM desk_links WHERE expects = 'correction'";
    await product.telegram.waitFor(async () => (await product.installation.query(expected)).length === 1, 'the expected words');
    const seen = new Set(desk.received().map(({ messageId }) => messageId));
    desk.writes(right);
    const corrected = await product.telegram.waitFor(
      () => desk.received().find(({ messageId, text }) => !seen.has(messageId) && text.includes('is corrected')),
      'the correction at the desk',
      60_000,
    );
    await desk.presses(corrected, 'Send it to the customer');
    await gets(channel, who, right);
  }

  test.each(['telegram', 'whatsapp', 'instagram'] as const)('%s', async (channel) => {
    const [asker = '', next = ''] = people[channel];
    await says(channel, asker, QUESTION);
    const card = await business.product.telegram.waitFor(
      () =>
        desk
          .received()
          .find(
            ({ text, keyboard }) => text.includes(QUESTION) && text.includes(`${CHANNELS[channel]} · `) && keyboard.length > 0,
          ),
      'the card',
      60_000,
    );
    await desk.presses(card, 'Add to knowledge');
    const [{ botId } = { botId: '' }] = await business.product.installation.query<{ botId: string }>(
      `SELECT c.bot_id AS "botId" FROM conversations c JOIN connections n ON n.id = c.connection_id WHERE n.platform = '${channel}' LIMIT 1`,
    );
    await business.product.telegram.waitFor(
      async () =>
        (await business.product.installation.query("SELECT 1 FROM desk_links WHERE expects = 'knowledge'")).length === 1,
      'the expected answer',
    );
    desk.writes(ANSWER);

    await gets(channel, asker, ANSWER);
    expect(gotBy(channel, asker).filter((text) => text.includes(ANSWER))).toHaveLength(1);
    const entries = `SELECT content FROM knowledge_entries WHERE bot_id = '${botId}' AND content = '${ANSWER}'`;
    expect(await business.product.installation.query(entries)).toEqual([{ content: ANSWER }]);
    const items = (await business.owner.json(`/bots/${botId}/questions`)).items as { state: string }[];
    expect(items.map(({ state }) => state)).toEqual(['answered']);

    await says(channel, next, QUESTION);
    await gets(channel, next, '45 000');
    await wrongAnswer(channel, next, botId);
  });
});
