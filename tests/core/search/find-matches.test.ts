import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseAnswer } from '../../../src/core/search/choose-answer.ts';
import { findMatches } from '../../../src/core/search/find-matches.ts';
import { createSearchIndex, type Searchable } from '../../../src/core/search/search-index.ts';

interface Fixture {
  entries: { title: string; content: string }[];
  questions: [question: string, title: string][];
  unrelated: string[];
  courtesies: string[];
}

const fixture = (name: string): Fixture =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/knowledge-${name}.json`), 'utf8'));
const bakery = fixture('bakery');
const clinic = fixture('clinic-and-courses');

function indexOf(entries: Omit<Searchable, 'id'>[]) {
  const index = createSearchIndex();
  for (const [i, entry] of entries.entries()) Array.from(index.adding({ id: String(i), ...entry }));
  return index;
}

const bakeryIndex = indexOf(bakery.entries);
const clinicIndex = indexOf(clinic.entries);
const titles = (index: typeof bakeryIndex, query: string, limit = 3) =>
  findMatches(index, query, limit).map(({ entry }) => entry.title);

test('19 in 20 questions in Uzbek of both scripts, Russian and English find their entry first', () => {
  const asked = [
    ...bakery.questions.map(([question, title]) => ({ question, title, index: bakeryIndex })),
    ...clinic.questions.map(([question, title]) => ({ question, title, index: clinicIndex })),
  ];
  const missed = asked.filter(({ question, title, index }) => titles(index, question)[0] !== title);

  expect(asked.length).toBeGreaterThan(80);
  expect(1 - missed.length / asked.length, JSON.stringify(missed.map(({ question }) => question))).toBeGreaterThanOrEqual(0.95);
});

test.each([
  ...bakery.unrelated.map((query) => ({ where: 'bakery', query, index: bakeryIndex })),
  ...clinic.unrelated.map((query) => ({ where: 'clinic', query, index: clinicIndex })),
])('no entry is sent as the answer at the $where: $query', ({ query, index }) => {
  expect(chooseAnswer(index, { text: query }).kind).not.toBe('sure');
});

test.each(bakery.courtesies)('a courtesy asks for nothing: %j', (courtesy) => {
  expect(titles(bakeryIndex, courtesy)).toEqual([]);
});

test('a courtesy does not hide the question behind it', () => {
  expect(titles(bakeryIndex, 'Assalomu alaykum, patir bormi? Rahmat')[0]).toBe('Non turlari va narxlari');
});

test('the title counts more than the content', () => {
  const index = indexOf([
    { title: 'Prices', content: 'What our delivery of bread and cakes costs is written here.' },
    { title: 'Delivery', content: 'We bring bread and cakes. What it costs is written here.' },
  ]);
  expect(titles(index, 'delivery')[0]).toBe('Delivery');
});

test('a long entry is found by its one paragraph that fits', () => {
  const filler = Array.from(
    { length: 60 },
    (_, i) => `Paragraph ${i} speaks of flour, sugar, ovens and the people who bake here every morning.`,
  );
  const long = [
    ...filler.slice(0, 40),
    'Parking for bicycles is behind the building, next to the green gate.',
    ...filler.slice(40),
  ].join('\n\n');
  const index = indexOf([{ title: 'All about us', content: long }, ...bakery.entries]);

  const [match] = findMatches(index, 'where can I park my bicycle', 3);
  expect(match?.entry.title).toBe('All about us');
  expect(match?.passage).toContain('green gate');
});

test('one entry alone is found, and not by everything', () => {
  const index = indexOf([{ title: 'Opening hours', content: 'We are open from 9 to 18 every day.' }]);
  expect(titles(index, 'what are your opening hours?')).toEqual(['Opening hours']);
  expect(titles(index, 'do you have winter tyres?')).toEqual([]);
});

test('an empty knowledge has no answer', () => {
  expect(titles(indexOf([]), 'non bormi')).toEqual([]);
});

test.each([
  ['營業時間', '營業時間是早上九點到晚上六點。', '請問營業時間是幾點？'],
  ['เวลาเปิดร้าน', 'ร้านเปิดทุกวันเวลาเก้าโมงเช้าถึงหกโมงเย็น', 'ร้านเปิดกี่โมง'],
  ['أوقات العمل', 'نفتح المحل كل يوم من التاسعة صباحا', 'ما هي أوقات العمل؟'],
  ['खुलने का समय', 'दुकान रोज सुबह नौ बजे खुलती है', 'दुकान कब खुलती है?'],
  ['Çalışma saatleri', 'Mağazamız her gün dokuzda açılır', 'magaza saat kacta aciliyor?'],
  ['Ώρες λειτουργίας', 'Το κατάστημα ανοίγει κάθε μέρα στις εννέα', 'πότε ανοίγει το καταστημα;'],
])('other scripts: %s', (title, content, question) => {
  const index = indexOf([...bakery.entries, { title, content }]);
  expect(titles(index, question)[0]).toBe(title);
});

test('a very long question is answered in time', () => {
  const question = `${'tort narxi qancha boʻladi '.repeat(2_000)}`;
  expect(titles(bakeryIndex, question).length).toBeGreaterThan(0);
});
