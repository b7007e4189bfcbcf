import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CustomerTurn } from '../../src/answering/answer.ts';
import { createFactsWithoutAi } from '../../src/answering/facts-without-ai.ts';
import { createSentences } from '../../src/answering/sentences.ts';
import { type BusinessFacts, NO_FACTS } from '../../src/core/business-facts.ts';
import type { ReplyLanguage } from '../../src/core/languages.ts';
import { createI18n } from '../../src/platform/i18n/i18n.ts';

const nine = [{ from: 480, to: 1200 }];
const FACTS: BusinessFacts = {
  hours: [nine, nine, nine, nine, nine, [{ from: 540, to: 1080 }], []],
  exceptions: [{ from: '2027-01-01', to: '2027-01-01', hours: [], note: 'Yangi yil' }],
  addresses: [{ text: 'Toshkent, Amir Temur koʻchasi, 15-uy', link: 'https://maps.app.goo.gl/abc', note: 'metro roʻparasida' }],
  phones: [{ text: '+998 71 200-14-14', note: '' }],
  payment: { methods: ['cash', 'payme', 'click', 'humo'], other: '' },
  delivery: { offered: true, price: '20 000 soʻm', freeFrom: '200 000 soʻm', area: 'Toshkent boʻylab', time: '2 soat ichida' },
  other: '',
};
// A Wednesday, 10:00 in Tashkent.
const NOW = new Date('2026-12-02T05:00:00Z');
const sentence = createSentences({ i18n: await createI18n() });

const turn = (text: string, language: ReplyLanguage, changes: Partial<CustomerTurn> = {}): CustomerTurn => ({
  tenantId: 't1',
  bot: { id: 'b1', name: 'Oltin Non', systemPrompt: '', knowledgeVersion: 1, factsVersion: 1 },
  language,
  text,
  media: [],
  history: [],
  aiRefusal: 'no_key',
  ...changes,
});
const answers = createFactsWithoutAi({ facts: async () => FACTS, sentence, now: () => NOW });
const ask = (text: string, language: ReplyLanguage = 'uz', changes: Partial<CustomerTurn> = {}) =>
  answers.plain(turn(text, language, changes));

type Questions = Record<string, Partial<Record<ReplyLanguage, string[]>>>;
const { other, ...questions } = JSON.parse(readFileSync(new URL('../fixtures/fact-questions.json', import.meta.url), 'utf8')) as {
  other: string[];
} & Questions;

/** What the answer to each kind of question holds, and what it does not. */
const HOLDS: Record<string, RegExp> = {
  week: /08:00–20:00[\s\S]*09:00–18:00/,
  now: /^[^\n]*20:00[^\n]*$/,
  tomorrow: /^(?:Ertaga|Эртага|Завтра|Tomorrow)[^\n]*08:00–20:00[^\n]*$/,
  sunday: /ishlamaymiz|ишламаймиз|не работаем|closed/,
  newyear: /Yangi yil|Янги йил/,
  address: /15-(?:uy|уй)/,
  phone: /200-14-14$/,
  payment: /Payme, Click, Humo/,
  delivery: /20 000/,
  several: /15-uy[\s\S]*(?:200-14-14|08:00–20:00)/,
};
const SCRIPTS: Record<ReplyLanguage, RegExp> = {
  uz: /^[^Ѐ-ӿ]*$/,
  'uz-Cyrl': /^(?:[^a-z]|Payme|Click|Humo|https:\S*)*$/i,
  ru: /[а-я]|Yangi/,
  en: /[a-z]/,
};

const all = Object.entries(questions as Questions).flatMap(([kind, texts]) =>
  Object.entries(texts).flatMap(([language, list]) =>
    (list ?? []).map((text) => ({ kind, language: language as ReplyLanguage, text })),
  ),
);

test('there are enough questions', () => {
  expect(all.length).toBeGreaterThan(100);
  expect(other.length).toBeGreaterThanOrEqual(20);
});

describe.each([...new Set(all.map(({ kind }) => kind))])('%s', (kind) => {
  test.each(all.filter((each) => each.kind === kind))('$text', async ({ text, language }) => {
    const said = await ask(text, language);
    expect(said).toMatch(HOLDS[kind] as RegExp);
    expect(said).toMatch(SCRIPTS[language]);
  });
});

test.each(other)('%j is left to the knowledge', async (text) => {
  expect(await ask(text)).toBeNull();
});

test.each([
  ['yakshanbachi?', 'Ish vaqtingiz qanday?', /^Yakshanba kuni ishlamaymiz\.$/],
  ['якшанба куничи', 'иш вақти', /^Yakshanba/],
  ['ertagachi', 'hozir ochiqmisiz', /^Ertaga/],
  ['8 dekabrda-chi', 'bayramda ishlaysizmi', /^8-dekabr/],
  ['what about 1 January', 'are you open on holidays', /Yangi yil/],
  ['qancha vaqtda yetib keladi', 'dostavka bormi', /2 soat/],
  ['nechchi puldan tekin', 'dostavka bormi', /200 000/],
  ['за сколько привезете', 'есть доставка?', /2 soat/],
  ['qancha', 'dostavka bormi', /20 000/],
])('%j after %j is answered', async (text, before, expected) => {
  expect(
    await ask(text, 'uz', {
      history: [
        { role: 'customer', text: before },
        { role: 'bot', text: '…' },
      ],
    }),
  ).toMatch(expected);
});

test.each([
  ['qancha', 'napoleon bormi'],
  ['ertagachi', 'dostavka bormi'],
  ['yakshanba kuni', 'buyurtma bermoqchi edim'],
  ['5 dekabr', 'buyurtma bermoqchi edim'],
  ['qancha', undefined],
  ['ertaga', undefined],
])('%j after %j is left to the knowledge', async (text, before) => {
  const history = before ? [{ role: 'customer', text: before } as const] : [];
  expect(await ask(text, 'uz', { history })).toBeNull();
});

test.each([
  ['dostavka Yunusobodga qancha', undefined, true],
  ['сколько стоит доставка на Юнусабад', undefined, true],
  ['how much to Yunusabad', 'do you deliver?', true],
  ['Чилонзорга қанча', 'етказиб бериш борми', true],
  ['Yunusobodga qancha', undefined, false],
  ['dostavka kechikyapti', undefined, false],
  ['is the delivery included in the price of the cake', undefined, false],
])('%j after %j asks for delivery to a place: %s', async (text, before, likely) => {
  const history = before ? [{ role: 'customer', text: before } as const] : [];
  expect((await answers.likely(turn(text, 'uz', { history }))) !== null).toBe(likely);
});

test.each([
  ['2026-12-02T05:00:00Z', 'Hozir ochiqmiz, soat 20:00 gacha.'],
  ['2026-12-02T15:00:00Z', 'Hozir yopiqmiz, ertaga soat 08:00 da ochilamiz.'],
  ['2026-12-02T02:30:00Z', 'Hozir yopiqmiz, bugun soat 08:00 da ochilamiz.'],
  ['2026-12-05T13:00:00Z', 'Hozir yopiqmiz, dushanba kuni soat 08:00 da ochilamiz.'],
])('at %s the answer to "ochiqmisiz" is %s', async (at, said) => {
  const then = createFactsWithoutAi({ facts: async () => FACTS, sentence, now: () => new Date(at) });
  expect(await then.plain(turn('hozir ochiqmisiz', 'uz'))).toBe(said);
});

test('every day is known by its name in the accusative', async () => {
  const days = ['понедельник', 'вторник', 'среду', 'четверг', 'пятницу', 'субботу', 'воскресенье'];
  const said = await Promise.all(days.map((day) => ask(`во сколько закрываетесь в ${day}?`, 'ru')));
  expect(said.every((text) => text?.split('\n').length === 1)).toBe(true);
});

test('two questions about delivery get one answer', async () => {
  const said = await ask('dostavka nechi pul va qancha vaqtda?');
  expect(said?.match(/20 000/g)).toHaveLength(1);
});

test('a fact that is not filled in is left to the knowledge, and so is a quoted message', async () => {
  const some = {
    ...FACTS,
    hours: null,
    addresses: [],
    phones: [],
    payment: NO_FACTS.payment,
    delivery: { ...FACTS.delivery, time: '' },
  };
  const then = createFactsWithoutAi({ facts: async () => some, sentence, now: () => NOW });
  const texts = ['ish vaqti', 'manzil', 'nomer', "to'lov", 'qancha vaqtda yetkazasiz', 'adres va dostavka'];
  for (const text of texts) expect([text, await then.plain(turn(text, 'uz'))]).toEqual([text, null]);
  expect(await ask('manzil', 'uz', { refersTo: [{ kind: 'message', text: 'Sizning manzilingiz?' }] })).toBeNull();
});
