// 100 labelled messages in uz, uz-Cyrl, ru and en through the product: 60 that a person must hear of, 40 that nobody must.
// The emulated AI gives each message the verdict of its label. To the twenty in `asked` it says nothing useful: their words count.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { Visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

interface Labelled {
  text: string;
  status: string;
  kind: 'asked' | 'unknown' | 'partial' | null;
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/attention-messages.json', import.meta.url), 'utf8')) as {
  none: { text: string; status: string }[];
} & Record<'asked' | 'askedByAi' | 'unknown' | 'partial', string[]>;
const of = (texts: string[], status: string, kind: Labelled['kind']): Labelled[] => texts.map((text) => ({ text, status, kind }));
const messages: Labelled[] = [
  ...of(fixture.asked, 'clarify', 'asked'),
  ...of(fixture.askedByAi, 'wants_person', 'asked'),
  ...of(fixture.unknown, 'unknown', 'unknown'),
  ...of(fixture.partial, 'partial', 'partial'),
  ...fixture.none.map((message) => ({ ...message, kind: null })),
];
const byText = new Map(messages.map((message) => [message.text, message]));

let product: Product;
let owner: Visitor;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  [owner, bot] = [made.owner, made.bots[0]];
  product.gemini.controls.answer = ({ body }) => {
    const text = questionOf(body).trim();
    const status = byText.get(text)?.status ?? 'clarify';
    return { answer: 'A reply.', status, used: [], missing: ['unknown', 'partial'].includes(status) ? text : '' };
  };
});
afterAll(() => product.close());

test('at least 95 % of what a person must hear of is flagged and on the page, and at most 3 % of the rest', async () => {
  expect([messages.filter(({ kind }) => kind).length, messages.length]).toEqual([60, 100]);
  for (const [i, { text }] of messages.entries()) product.telegram.customerSends(bot.id, { userId: 5_000 + i, text });
  await product.telegram.waitFor(
    () => new Set(product.telegram.sent(bot.id).map(({ chatId }) => chatId)).size === 100,
    'all replies',
    60_000,
  );
  const ungrouped = 'SELECT count(*)::int AS count FROM attention WHERE grouped_at IS NULL';
  await product.telegram.waitFor(async () => (await product.installation.query<{ count: number }>(ungrouped))[0]?.count === 0);

  const flagged = await product.installation.query<{ kind: string; text: string }>(
    'SELECT a.kind::text, m.text FROM attention a JOIN messages m ON m.id = a.message_id',
  );
  const kindOf = new Map(flagged.map(({ kind, text }) => [text, kind]));
  const missed = messages.filter(({ text, kind }) => kind && kindOf.get(text) !== kind).map(({ text }) => text);
  const falsely = messages.filter(({ text, kind }) => !kind && kindOf.has(text)).map(({ text }) => text);
  expect({ missed, tooMany: missed.length > 3 }).toEqual({ missed: expect.any(Array), tooMany: false });
  expect({ falsely, tooMany: falsely.length > 1 }).toEqual({ falsely: expect.any(Array), tooMany: false });

  const [{ botId } = { botId: '' }] = await product.installation.query<{ botId: string }>('SELECT id AS "botId" FROM bots');
  const items = (await owner.json(`/bots/${botId}/questions`)).items as { count: number }[];
  const open = flagged.filter(({ kind }) => kind !== 'asked').length;
  expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(open);
  const waiting = "SELECT count(*)::int AS count FROM conversations WHERE needs_person_why = 'asked'";
  expect((await product.installation.query<{ count: number }>(waiting))[0]?.count).toBe(flagged.length - open);
});
