import { expect, test } from 'vitest';
import type { CustomerTurn } from '../../src/answering/answer.ts';
import { createAnswerWithoutAi } from '../../src/answering/answer-without-ai.ts';
import { createKnowledgeSearch } from '../../src/answering/knowledge-search.ts';
import { knowledgeInMemory } from '../../src/answering/knowledge-source.ts';
import { createSentences } from '../../src/answering/sentences.ts';
import { createI18n } from '../../src/platform/i18n/i18n.ts';

const ENTRIES = [
  { id: 'kids', title: 'Bolalar kurslari', content: 'Haftada uch marta, 400 000 soʻm.' },
  { id: 'adults', title: 'Катталар курслари', content: 'Ҳафтада уч марта, 600 000 сўм.' },
  { id: 'address', title: 'Manzil', content: 'Toshkent, Chilonzor 5, bozor roʻparasi.' },
  { id: 'hours', title: 'Иш вақти', content: 'Ҳар куни 9:00–20:00, якшанба дам оламиз.' },
];
const sentence = createSentences({ i18n: await createI18n() });
const { answer, entry } = createAnswerWithoutAi({
  search: createKnowledgeSearch({ source: knowledgeInMemory(() => ENTRIES) }),
  sentence,
  facts: { plain: async () => null, likely: async () => null },
});

const turn = (text: string, changes: Partial<CustomerTurn> = {}): CustomerTurn => ({
  tenantId: 't1',
  bot: { id: 'b1', name: 'Bilim', systemPrompt: '', knowledgeVersion: 1 },
  language: 'uz',
  text,
  media: [],
  history: [],
  aiRefusal: 'no_key',
  ...changes,
});
const reply = (text: string, changes: Partial<CustomerTurn> = {}) => answer(turn(text, changes), text, 'no_key');
const offered = await reply('kurslar bormi');
const afterOffer = { history: [{ role: 'bot', text: offered.text } as const] };

test('titles are offered as numbered lines, in the customer’s script, and nobody is told', () => {
  expect(offered).toEqual({
    text: `${sentence('uz', 'did_you_mean')}\n1. Bolalar kurslari\n2. Kattalar kurslari`,
    mode: 'fallback',
    reason: 'no_key',
    sources: [],
    options: [
      { id: 'kids', title: 'Bolalar kurslari' },
      { id: 'adults', title: 'Катталар курслари' },
    ],
    choices: {
      items: [
        { id: 'entry:kids', label: 'Bolalar kurslari' },
        { id: 'entry:adults', label: 'Kattalar kurslari' },
        { id: 'other', label: 'Boshqa savol' },
      ],
      lead: sentence('uz', 'choose'),
      open: 'Tanlash',
    },
  });
});

test('a pressed entry is sent in the customer’s script; an entry of nobody is not', async () => {
  expect(await entry(turn(''), 'adults')).toMatchObject({ text: expect.stringContaining('600 000 soʻm'), mode: 'knowledge' });
  expect(await entry(turn(''), 'foreign')).toBeNull();
});

test.each([
  '2',
  '2-chi',
  'Kattalar kurslari',
  'катталар курслари',
])('%j after an offer is answered with the entry', async (text) => {
  expect(await reply(text, afterOffer)).toMatchObject({ mode: 'knowledge', sources: [{ id: 'adults' }] });
});

test('a number without an offer picks nothing', async () => {
  expect((await reply('2')).mode).toBe('fallback');
});

test('a new question after an offer is answered', async () => {
  expect(await reply('adres', afterOffer)).toMatchObject({ mode: 'knowledge', sources: [{ id: 'address' }] });
});

test('what was written in Cyrillic comes in Latin, and the other way round', async () => {
  expect((await reply('ish vaqti')).text).toBe('Ish vaqti\nHar kuni 9:00–20:00, yakshanba dam olamiz.');
  expect((await reply('манзил', { language: 'uz-Cyrl' })).text).toContain('Тошкент, Чилонзор 5, бозор рўпараси.');
});

test('two questions in one message get both answers', async () => {
  const both = await reply('Manzil qayerda va ish vaqti qanaqa?');

  expect(both.sources.map(({ id }) => id)).toEqual(['address', 'hours']);
  expect(both.text).toContain('Chilonzor');
  expect(both.text).toContain('20:00');
});

test('a question leans on the message it points at', async () => {
  const text = 'shu qancha?';
  expect(await reply(text, { refersTo: [{ kind: 'post', text: 'Bolalar kurslari ochildi!' }] })).toMatchObject({
    sources: [{ id: 'kids' }],
  });
});

test.each(['sen robotmisan?', 'ahmoq bot', 'Asalomu aleykum', '👍'])('%j gets a sentence without a promise', async (text) => {
  const said = await reply(text);

  expect(said).toMatchObject({ mode: 'fallback', reason: 'no_key' });
  expect(said.text).not.toContain('tez orada');
});

test('“where is my order” is for a person, unless an entry is written for it; terms of ordering are no answer', async () => {
  const terms = {
    id: 'terms',
    title: 'Buyurtma berish',
    content: 'Buyurtma 3 kun oldin beriladi, avans 50%. Tort qachon keladi desangiz, ayting.',
  };
  const faq = {
    id: 'faq',
    title: 'Buyurtmam qayerda?',
    content: 'Buyurtmam qachon keladi? Kuryer bir soat oldin qoʻngʻiroq qiladi.',
  };
  const over = (entries: typeof ENTRIES) =>
    createAnswerWithoutAi({
      search: createKnowledgeSearch({ source: knowledgeInMemory(() => entries) }),
      sentence,
      facts: { plain: async () => null, likely: async () => null },
    }).answer(turn('buyurtmam qachon keladi?'), 'buyurtmam qachon keladi?', 'no_key');

  expect(await over([...ENTRIES, terms])).toMatchObject({
    text: sentence('uz', 'human'),
    forPerson: true,
    reason: 'no_knowledge',
  });
  expect(await over([...ENTRIES, faq])).toMatchObject({ text: expect.stringContaining('bir soat oldin'), mode: 'knowledge' });
});
