import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import type { GraphAccount } from '../support/graph-emulator/graph-emulator.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';

const CHATS = 100;
const QUIET_MS = 60_000;
let business: MetaBusiness;
beforeAll(async () => {
  business = await startMetaBusiness();
  business.product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => business.close());

const chats = Array.from({ length: CHATS }, (_, i) => String(998_900_000_000 + i));
const answersTo = (account: GraphAccount, chatId: string) => account.sent.filter((sent) => sent.chatId === chatId);

test('killed with webhooks in flight, it has every message it acknowledged, and answers each once', async () => {
  const { product, graph, whatsapp, instagram } = business;
  product.gemini.controls.latencyMs = QUIET_MS;
  const writes = (account: GraphAccount, from: string) =>
    graph.customerWrites(account, { from, text: `Number ${from}?`, externalId: `in.${account.kind}.${from}` });
  const everybody = chats.flatMap((from) => [whatsapp, instagram].map((account) => ({ account, from })));
  let acknowledged = 0;
  const deliveries = everybody.map(async ({ account, from }) => {
    const answer = await writes(account, from).catch(() => null);
    if (answer?.status === 200) acknowledged += 1;
    return { account, from, status: answer?.status ?? 0 };
  });
  await graph.waitFor(() => acknowledged >= CHATS / 2, 'half of one platform’s acknowledgements', 30_000);
  await product.app.end('SIGKILL');
  const results = await Promise.all(deliveries);
  const taken = results.filter(({ status }) => status === 200);
  expect(whatsapp.sent.length + instagram.sent.length).toBe(0);

  product.gemini.controls.latencyMs = 20;
  await business.restart();
  await graph.waitFor(
    () => taken.every(({ account, from }) => answersTo(account, from).length > 0),
    'an answer to all it acknowledged',
    QUIET_MS,
  );

  // What it did not acknowledge Meta brings again, and what it did, to be sure.
  for (const { account, from } of results) expect((await writes(account, from)).status).toBe(200);
  const isOpen = "SELECT 1 FROM messages WHERE status IN ('received', 'pending', 'sending') LIMIT 1";
  await graph.waitFor(
    () => everybody.every(({ account, from }) => answersTo(account, from).length > 0),
    'every answer',
    QUIET_MS,
  );
  await graph.waitFor(async () => (await product.installation.query(isOpen)).length === 0, 'no open message');
  for (const { account, from } of everybody)
    expect(answersTo(account, from).map(({ text }) => text)).toEqual([`You asked: Number ${from}?`]);
}, 180_000);
