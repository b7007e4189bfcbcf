// A small shop on a fresh install without a key: what everybody asks, with the business facts filled in and with entries only.
import { describe, expect, test } from 'vitest';
import { createAnswerComposer } from '../../src/answering/compose-answer.ts';
import { createKnowledgeSearch } from '../../src/answering/knowledge-search.ts';
import { knowledgeInMemory } from '../../src/answering/knowledge-source.ts';
import { createSentences } from '../../src/answering/sentences.ts';
import { type BusinessFacts, NO_FACTS } from '../../src/core/business-facts.ts';
import { replyLanguage } from '../../src/core/reply-language.ts';
import { createI18n } from '../../src/platform/i18n/i18n.ts';

const PRICES = { id: 'prices', title: 'Narxlar', content: 'Non 4 000 soʻm, somsa 8 000 soʻm, tort 180 000 soʻm.' };
const ENTRIES = [
  { id: 'address', title: 'Manzil', content: 'Toshkent, Amir Temur koʻchasi, 15-uy.' },
  { id: 'hours', title: 'Ish vaqti', content: 'Har kuni 08:00–20:00.' },
  { id: 'phone', title: 'Telefon raqami', content: '+998 71 200-14-14' },
  { id: 'delivery', title: 'Yetkazib berish', content: 'Shahar boʻylab yetkazib berish 20 000 soʻm.' },
  PRICES,
];
const FACTS: BusinessFacts = {
  ...NO_FACTS,
  hours: Array(7).fill([{ from: 480, to: 1200 }]),
  addresses: [{ text: 'Toshkent, Amir Temur koʻchasi, 15-uy', link: '', note: '' }],
  phones: [{ text: '+998 71 200-14-14', note: '' }],
  delivery: { ...NO_FACTS.delivery, offered: true, price: '20 000 soʻm' },
};
const QUESTIONS: [expected: RegExp, ...texts: string[]][] = [
  [/15-(?:uy|уй)/, 'adres', 'manzil', 'манзил', 'адрес', 'address'],
  [/08:00–20:00/, 'ish vaqti', 'иш вақти', 'время работы', 'opening hours'],
  [/200-14-14/, 'nomer', 'телефон рақам', 'номер телефона', 'phone number'],
  [/20 000/, 'dostavka qancha', 'етказиб бериш қанча', 'сколько стоит доставка', 'how much is delivery'],
  [/180 000/, 'narxlar', 'нархлар', 'цены', 'prices'],
];

const sentence = createSentences({ i18n: await createI18n() });
const shop = (facts: BusinessFacts | null, entries: typeof ENTRIES) =>
  createAnswerComposer({
    search: createKnowledgeSearch({ source: knowledgeInMemory(() => entries) }),
    ai: { answer: async () => ({ ok: false, reason: 'no_key' }) },
    sentence,
    facts: async () => facts,
    now: () => new Date('2026-12-02T05:00:00Z'),
  });

describe.each([
  ['the business facts', shop(FACTS, [PRICES])],
  ['entries only', shop(null, ENTRIES)],
])('from %s', (_name, { compose }) => {
  test.each(QUESTIONS.flatMap(([expected, ...texts]) => texts.map((text) => ({ text, expected }))))('$text', async ({
    text,
    expected,
  }) => {
    const language = replyLanguage({ text, known: null, chosen: false, platformLanguage: null });
    const bot = { id: 'b1', name: 'Oltin Non', systemPrompt: '', knowledgeVersion: 1, factsVersion: 1 };
    const answer = await compose({ tenantId: 't1', bot, language, text, media: [], history: [], aiRefusal: 'no_key' });
    expect(answer.text).toMatch(expected);
    expect(answer.mode).toBe('knowledge');
  });
});
