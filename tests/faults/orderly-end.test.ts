// R17: told to end while customers write as fast as they can, and told twice.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphAccount } from '../support/graph-emulator/graph-emulator.ts';
import { instagramDelivery, instagramMessage, whatsappDelivery, whatsappMessage } from '../support/graph-emulator/payloads.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { within } from '../support/soak.ts';

const PER_SECOND = 100;
/** Taken before it is told to end. */
const TAKEN_BEFORE = 200;
const ENDS_WITHIN_MS = within(15_000);

let business: MetaBusiness;
beforeAll(async () => {
  business = await startMetaBusiness();
  business.product.gemini.controls.latencyMs = 200;
});
afterAll(() => business.close());

let written = 0;
/** One delivery of Meta's; its number, and the status it was answered with (0: no answer). */
async function deliver(): Promise<{ externalId: string; status: number }> {
  const { graph, whatsapp, instagram } = business;
  const number = ++written;
  const account: GraphAccount = number % 2 === 0 ? whatsapp : instagram;
  const message = { from: String(998_900_000_000 + number), text: `Number ${number}?`, externalId: `in.${number}` };
  account.lastInboundMs.set(message.from, Date.now());
  const payload =
    account === whatsapp
      ? whatsappDelivery(account, whatsappMessage(message).value)
      : instagramDelivery(account, [instagramMessage(account, message).event]);
  return { externalId: message.externalId, status: await graph.deliver(account, payload).catch(() => 0) };
}

const stored = async (): Promise<Set<string>> => {
  const rows = await business.product.installation.query<{ id: string }>(
    "SELECT external_id AS id FROM messages WHERE direction = 'in'",
  );
  return new Set(rows.map(({ id }) => id));
};

/** Deliveries by the clock until told to stop. */
function keepDelivering() {
  const all: ReturnType<typeof deliver>[] = [];
  let taken = 0;
  const one = async () => {
    const answer = await deliver();
    if (answer.status === 200) taken += 1;
    return answer;
  };
  const timer = setInterval(() => all.push(one()), 1_000 / PER_SECOND);
  return {
    taken: () => taken,
    async stop() {
      clearInterval(timer);
      return Promise.all(all);
    },
  };
}

test(`SIGTERM under ${PER_SECOND} deliveries a second: it ends with 0 within 15 s, and has every one it acknowledged`, async () => {
  const { product, graph, whatsapp, instagram } = business;
  const load = keepDelivering();
  await graph.waitFor(() => load.taken() >= TAKEN_BEFORE, 'deliveries to be taken', 60_000);
  const toldAt = performance.now();
  const code = await product.app.end('SIGTERM');
  const tookMs = performance.now() - toldAt;
  const answers = await load.stop();

  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  // Whoever is not taken is told so in the words of HTTP, or gets no line at all; nobody hears of a fault of ours.
  expect([...new Set(answers.map(({ status }) => status))].filter((status) => ![0, 200, 503].includes(status))).toEqual([]);
  const acknowledged = answers.filter(({ status }) => status === 200).map(({ externalId }) => externalId);
  expect(acknowledged.length).toBeGreaterThanOrEqual(TAKEN_BEFORE);
  const kept = await stored();
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);

  await business.restart();
  const open = "SELECT 1 FROM messages WHERE status IN ('received', 'pending', 'sending') LIMIT 1";
  await graph.waitFor(async () => (await product.installation.query(open)).length === 0, 'every answer', 120_000);
  const chats = [...whatsapp.sent, ...instagram.sent].map(({ chatId }) => chatId);
  expect(chats).toHaveLength(kept.size);
  expect(new Set(chats).size).toBe(kept.size);
  console.info(`${answers.length} deliveries, ${acknowledged.length} acknowledged; ended after ${Math.round(tookMs)} ms`);
});

test('a second signal ends it at once, with another code; what it had taken is answered after the next start, once', async () => {
  const { product, graph, whatsapp, instagram } = business;
  // So that there is something to wait for.
  product.gemini.controls.latencyMs = 60_000;
  const asked = product.gemini.requests.length;
  const before = whatsapp.sent.length + instagram.sent.length;
  const taken = await Promise.all(Array.from({ length: 10 }, deliver));
  expect(taken.map(({ status }) => status)).toEqual(Array(10).fill(200));
  await graph.waitFor(() => product.gemini.requests.length >= asked + 5, 'questions to reach the AI');

  const toldAt = performance.now();
  const ended = product.app.end('SIGTERM');
  await graph.waitFor(() => product.app.output().includes('"msg":"stopping"'), 'the first signal to be heard');
  process.kill(product.app.pid, 'SIGTERM');
  expect(await ended).toBe(1);
  expect(performance.now() - toldAt).toBeLessThan(within(3_000));

  product.gemini.controls.latencyMs = 0;
  await business.restart();
  await graph.waitFor(() => whatsapp.sent.length + instagram.sent.length >= before + 10, 'every answer', 60_000);
  const open = "SELECT 1 FROM messages WHERE status IN ('received', 'pending', 'sending') LIMIT 1";
  await graph.waitFor(async () => (await product.installation.query(open)).length === 0, 'no open message', 60_000);
  expect(whatsapp.sent.length + instagram.sent.length).toBe(before + 10);
});
