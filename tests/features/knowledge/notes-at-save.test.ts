import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_FACTS } from '../../../src/core/business-facts.ts';
import { factConflicts } from '../../../src/core/importing/fact-conflicts.ts';
import { pastDateIn } from '../../../src/core/importing/past-date.ts';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function shop(language: string): Promise<{ agent: Agent; bot: string }> {
  const { agent } = await newOwner(site, { language });
  return { agent, bot: await makeBot(agent) };
}
/** Saves an entry and gives the page that follows. */
async function save(
  agent: Agent,
  bot: string,
  title: string,
  content: string,
  more: Record<string, string> = {},
): Promise<string> {
  const done = await postForm(agent, `${bot}/knowledge`, { title, content, ...more }, `${bot}/knowledge`);
  expect(done.status).toBe(303);
  return (await agent.get(`${bot}/knowledge`)).text;
}

test.each([
  ['en', 'Nearly the same as', 'Here: “Medovik torti: 150 000', 'has passed'],
  ['ru', 'Почти то же, что', 'Здесь: «Medovik torti: 150 000', 'уже прошла'],
  ['uz', 'bilan deyarli bir xil', 'Bu yerda: “Medovik torti: 150 000', 'oʻtib ketgan'],
])('a duplicate, another price and a date that has passed are said in %s, and the entry is saved', async (language, ...said) => {
  const { agent, bot } = await shop(language);
  await save(agent, bot, 'Tortlar', 'Medovik torti: 145 000 soʻm\nNapoleon torti: 160 000 soʻm');
  const [duplicate, number, date] = said as [string, string, string];

  expect(await save(agent, bot, 'Tortlar', 'Medovik torti: 145 000 soʻm\nNapoleon torti: 160 000 soʻm.')).toContain(duplicate);
  expect(await save(agent, bot, 'Shirinliklar', 'Medovik torti: 150 000 soʻm')).toContain(number);
  const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('.');
  expect(await save(agent, bot, 'Aksiya', `${day} gacha hamma tortga 10% chegirma`)).toContain(date);
  const { rows } = await site.sql.query('SELECT 1 FROM knowledge_entries WHERE bot_id = $1', [idOf(bot)]);
  expect(rows).toHaveLength(4);
});

test('hours that differ from the business facts are said when either is saved', async () => {
  const { agent, bot } = await shop('en');
  const facts = (monday: string) => postForm(agent, `${bot}/facts`, { 'hours.mon': monday }, `${bot}/facts`);
  await facts('9:00-18:00');
  expect(await save(agent, bot, 'Ish vaqti', '9:00 dan 18:00 gacha')).not.toContain('In the business facts');
  expect(await save(agent, bot, 'Ish vaqtimiz', '10:00 dan 20:00 gacha')).toContain('In the business facts: “09:00–18:00”');

  await facts('10:00-20:00');
  expect((await agent.get(`${bot}/facts`)).text).toContain('Here: “10:00–20:00”. In “Ish vaqti”: “9:00 dan 18:00 gacha”.');
});

test('an entry with a last day says nothing of a date in it, keeps the day, and is shown as expired', async () => {
  const { agent, bot } = await shop('en');
  const page = await save(agent, bot, 'Aksiya', '01.11.2026 gacha chegirma', { validUntil: '1.11.2026' });
  expect(page).not.toContain('has passed.');
  expect(page).toContain('Expired on 1 November 2026');
  const { rows } = await site.sql.query<{ id: string; day: string }>(
    'SELECT id, valid_until::text AS day FROM knowledge_entries WHERE bot_id = $1',
    [idOf(bot)],
  );
  expect(rows[0]?.day).toBe('2026-11-01');
  expect((await agent.get(`${bot}/knowledge/${rows[0]?.id}`)).text).toContain('value="2026-11-01"');
  const odd = await postForm(agent, `${bot}/knowledge`, { title: 'x', content: 'y', validUntil: 'soon' }, `${bot}/knowledge`);
  expect([odd.status, odd.text.includes('href="#validUntil"')]).toEqual([422, true]);
});

test.each([
  ['20-noyabrgacha chegirma', '20-noyabrgacha'],
  ['до 25 ноября 2026', '25 ноября 2026'],
  ['1–20 dekabr aksiya', null],
  ['since 1 March 2019', null],
  ['15.11.2026 dan 15.12.2026 gacha', null],
  ['no date', null],
])('of %j on 30 November 2026 the passed date is %j', (text, date) => {
  expect(pastDateIn(text, '2026-11-30')).toBe(date);
});

test('delivery sums are compared with those of the facts, in entries about delivery alone', () => {
  const facts = {
    ...NO_FACTS,
    delivery: { ...NO_FACTS.delivery, offered: true, price: '20 000 soʻm', freeFrom: '200 000 soʻm' },
  };
  const of = (title: string, content: string) => factConflicts({ title, content }, facts).map(({ line }) => line);
  expect(of('Yetkazib berish narxi', 'Yetkazib berish 25 000 soʻm')).toEqual(['Yetkazib berish 25 000 soʻm']);
  expect(of('Yetkazib berish narxi', '20 000 soʻm')).toEqual([]);
  expect(of('Medovik', '145 000 soʻm')).toEqual([]);
});
