// R01 on both of Meta's webhooks, under a load that goes on while the process dies, and dies again.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../../support/gemini-emulator/gemini-emulator.ts';
import type { GraphAccount } from '../../support/graph-emulator/graph-emulator.ts';
import { instagramDelivery, instagramMessage, whatsappDelivery, whatsappMessage } from '../../support/graph-emulator/payloads.ts';
import { type MetaBusiness, startMetaBusiness } from '../../support/meta-business.ts';
import { pause } from '../../support/pause.ts';
import { soak } from '../../support/soak.ts';

const PER_SECOND = 100;
const SECONDS = soak(10, 30);
const CHATS = 400;
const KILLS_AT = [0.3, 0.63].map((part) => Math.round(PER_SECOND * SECONDS * part));
const SETTLE_MS = 180_000;

let business: MetaBusiness;
beforeAll(async () => {
  business = await startMetaBusiness();
  business.product.gemini.controls.latencyMs = 300;
  business.product.gemini.controls.answer = ({ body }) =>
    `Answer to ${numbersIn(questionOf(body))
      .map((n) => `#${n}`)
      .join(' ')}`;
  // So that each kill finds sends in flight.
  business.graph.fault({ path: 'messages', fault: { kind: 'latency', ms: 80 } });
  // Meta says what became of our messages, and comes again with what nobody took.
  Object.assign(business.graph.controls, { receipts: true, echo: 'after' });
});
afterAll(() => business.close());

const numbersIn = (text: string): number[] => (text.match(/(?<=#)\d+/g) ?? []).map(Number);
const chatOf = (number: number): string => String(998_900_000_000 + (number % CHATS));

/** The customer's message until Meta got its 200. */
function write(number: number): Promise<number> {
  const { graph, whatsapp, instagram } = business;
  const account = number % 2 === 0 ? whatsapp : instagram;
  const message = { from: chatOf(number), text: `How much is number #${number}?`, externalId: `in.${number}` };
  account.lastInboundMs.set(message.from, Date.now());
  const payload =
    account === whatsapp
      ? whatsappDelivery(account, whatsappMessage(message).value)
      : instagramDelivery(account, [instagramMessage(account, message).event]);
  return graph.deliverUntilTaken(account, payload);
}

/** Calls by the clock, whether or not the earlier ones were answered. */
async function byTheClock(count: number, call: (number: number) => void): Promise<void> {
  const startedAt = performance.now();
  for (let number = 0; number < count; number += 1) {
    const waitMs = startedAt + (number * 1_000) / PER_SECOND - performance.now();
    if (waitMs > 0) await pause(waitMs);
    call(number);
  }
}

const count = async (where: string): Promise<number> =>
  (await business.product.installation.query<{ n: number }>(`SELECT count(*)::int AS n FROM messages WHERE ${where}`))[0]?.n ??
  -1;

let lastDeath: Promise<number> = Promise.resolve(0);
/** Dies and is started again, once it runs after an earlier death; gives how many sends were in flight. */
function die(): Promise<number> {
  lastDeath = lastDeath.then(async () => {
    await business.product.app.end('SIGKILL');
    const inFlight = await count("direction = 'out' AND status = 'sending'");
    await business.restart();
    return inFlight;
  });
  return lastDeath;
}

interface Chat {
  account: string;
  chat: string;
  texts: string[];
}
const CHAT_TEXTS = (direction: 'in' | 'out'): string => `
  SELECT c.account_id AS account, v.chat_id AS chat, array_agg(m.text ORDER BY m.id) AS texts
  FROM messages m JOIN conversations v ON v.id = m.conversation_id JOIN connections c ON c.id = v.connection_id
  WHERE m.direction = '${direction}' GROUP BY 1, 2`;

test(`${PER_SECOND} deliveries a second, killed twice: all that was acknowledged is answered, in order, doubled at most what was in flight`, async () => {
  const { product, graph, whatsapp, instagram } = business;
  const total = PER_SECOND * SECONDS;
  const deliveries: Promise<number>[] = [];
  const deaths: Promise<number>[] = [];
  await byTheClock(total, (number) => {
    deliveries.push(write(number));
    if (KILLS_AT.includes(number)) deaths.push(die());
  });
  const tries = await Promise.all(deliveries);
  const inFlight = (await Promise.all(deaths)).reduce((sum, one) => sum + one, 0);
  const open = "SELECT 1 FROM messages WHERE status IN ('received', 'pending', 'sending') LIMIT 1";
  await graph.waitFor(async () => (await product.installation.query(open)).length === 0, 'every answer', SETTLE_MS);

  expect(await count("direction = 'in'"), 'each is stored once').toBe(total);
  expect(await count("mode = 'person'"), 'nothing of ours is taken for a person’s').toBe(0);
  const asked = await product.installation.query<Chat>(CHAT_TEXTS('in'));
  const wrong = asked.filter(({ account, chat, texts }) => {
    const sent = sentTo(account === whatsapp.id ? whatsapp : instagram, chat);
    const answers = sent.filter((text, i) => text !== sent[i - 1]).flatMap(numbersIn);
    return answers.join() !== texts.flatMap(numbersIn).join();
  });
  expect(wrong, 'each is answered, in the order it was stored').toEqual([]);
  const replies = await count("direction = 'out'");
  const doubled = whatsapp.sent.length + instagram.sent.length - replies;
  expect(doubled, 'doubled beyond the sends in flight').toBeLessThanOrEqual(inFlight);
  const again = tries.filter((one) => one > 1).length;
  expect(again, 'the process was down, so Meta had to come again').toBeGreaterThan(0);
  console.info(
    `${total} deliveries, ${again} of them more than once; ${replies} replies, ${inFlight} in flight at the kills, ${doubled} sent twice`,
  );
});

const sentTo = (account: GraphAccount, chat: string): string[] =>
  account.sent.filter(({ chatId }) => chatId === chat).map(({ text }) => text);
