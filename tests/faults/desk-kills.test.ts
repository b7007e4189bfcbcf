// R01, R08 at the desk: the process dies between any two steps from the question to the answer that a member wrote.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeskMember, deskMember } from '../support/desk-member.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { soak } from '../support/soak.ts';
import type { BotState, SentMessage } from '../support/telegram-emulator/bot-state.ts';

const onPostgres = Boolean(process.env['TEST_DATABASE_URL']);
// Each kind of moment once; a start takes seconds.
const KILLS = soak(3, 50);
const PER_ROUND = 4;
const MEMBER = 900_001;

let product: Product;
let bot: BotState;
let desk: DeskMember;
beforeAll(async () => {
  product = await startProduct({ ai: false });
  const { owner, bots } = await ownerWithBots(product, 1);
  bot = bots[0];
  await product.installation.query("UPDATE users SET language = 'en'");
  desk = deskMember(product, bot, MEMBER);
  await desk.link(owner);
  // So that each kill finds sends in flight.
  product.telegram.fault({ botId: bot.id, method: 'sendMessage', fault: { kind: 'latency', ms: 120 } });
});
afterAll(() => product.close());

const count = async (from: string): Promise<number> =>
  (await product.installation.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`))[0]?.n ?? -1;
/** The dead process' lease and claims are over, without waiting for it. The embedded database has one process, which takes them. */
async function timePasses(): Promise<void> {
  if (!onPostgres) return;
  await product.installation.query("UPDATE leases SET expires_at = now() - interval '1 second'");
  await product.installation.query(
    "UPDATE desk_messages SET claimed_at = claimed_at - interval '1 minute' WHERE state = 'sending'",
  );
}
const numberIn = (text: string): string => /No\. (\d+)/.exec(text)?.[1] ?? '';
const cards = (): SentMessage[] => desk.received().filter(({ keyboard }) => keyboard.length > 0);
const answers = (): SentMessage[] => product.telegram.sent(bot).filter(({ text }) => text.startsWith('By hand: No.'));

test(
  `${KILLS} kills: each question comes to the desk, each answer from it reaches its customer, doubled at most what was in flight`,
  async () => {
    const answered = new Set<string>();
    /** The member answers each question once, whatever card of it they see first. */
    function answerNewCards(): number {
      for (const card of cards()) {
        const number = numberIn(card.text);
        if (answered.has(number)) continue;
        answered.add(number);
        desk.writes(`By hand: No. ${number}`, card);
      }
      return answered.size;
    }

    let inFlight = 0;
    let cardsInFlight = 0;
    for (let round = 0; round < KILLS; round += 1) {
      for (let i = 0; i < PER_ROUND; i += 1) {
        const number = round * PER_ROUND + i;
        product.telegram.customerSends(bot, {
          userId: 10_000 + number,
          languageCode: 'en',
          text: `Do you sell boats, No. ${number}?`,
        });
      }
      // Each round dies at another point of the work: before the first card, after the first answer, and between.
      const enough = Math.max(0, round * PER_ROUND - (round % 3));
      await product.telegram.waitFor(() => answerNewCards() >= enough, `${enough} cards`, 90_000);
      await product.app.end('SIGKILL');
      // One query, because each opens the embedded database anew.
      const [open] = await product.installation.query<{ replies: number; cards: number }>(
        `SELECT (SELECT count(*)::int FROM messages WHERE direction = 'out' AND status = 'sending') AS replies,
         (SELECT count(*)::int FROM desk_messages WHERE state = 'sending') AS cards`,
      );
      inFlight += open?.replies ?? 0;
      cardsInFlight += open?.cards ?? 0;
      await timePasses();
      await product.restart();
    }
    const total = KILLS * PER_ROUND;
    await product.telegram.waitFor(() => answerNewCards() === total, 'every card', 180_000);
    await product.telegram.waitFor(() => new Set(answers().map(({ text }) => text)).size === total, 'every answer', 120_000);
    const open = "messages WHERE status IN ('received', 'pending', 'sending')";
    await product.telegram.waitFor(async () => (await count(open)) === 0, 'rest', 60_000);

    expect(await count("messages WHERE mode = 'person'"), 'one message for each answer').toBe(total);
    const wrong = answers().filter(({ chatId, text }) => String(chatId - 10_000) !== numberIn(text));
    expect(wrong, 'each goes to the customer who asked').toEqual([]);
    expect(answers().length - total, 'answers doubled beyond the sends in flight').toBeLessThanOrEqual(inFlight);
    expect(cards().length - total, 'cards doubled beyond the sends in flight').toBeLessThanOrEqual(cardsInFlight);
    console.info(
      `${KILLS} kills, ${total} questions: ${answers().length} answers (${inFlight} in flight), ${cards().length} cards (${cardsInFlight} in flight)`,
    );
  },
  soak(900_000, 3_600_000),
);
