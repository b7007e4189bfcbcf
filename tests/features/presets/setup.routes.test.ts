import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

interface Row {
  id: string;
  title: string;
  content: string;
  blanks: boolean;
}

const entriesOf = async (botId: string): Promise<Row[]> =>
  (
    await site.sql.query<Row>(
      'SELECT id, title, content, has_blanks AS blanks FROM knowledge_entries WHERE bot_id = $1 ORDER BY created_at, id',
      [botId],
    )
  ).rows;

/** A bakery in English whose owner is at step two. */
async function bakery(): Promise<{ agent: Agent; bot: string; setup: string; cake: Row; order: Row }> {
  const { agent } = await newOwner(site, { language: 'en' });
  const setup = await makeBot(agent, { name: 'Oltin Non', systemPrompt: '', trade: 'bakery', language: 'en' });
  const rows = await entriesOf(idOf(setup));
  const named = (title: string) => rows.find((row) => row.title === title) as Row;
  const bot = setup.replace('/setup', '');
  return { agent, bot, setup, cake: named('Price of a cake to order'), order: named('How early to order a cake') };
}

async function ask(agent: Agent, bot: string, text: string) {
  const page = await agent.get(`${bot}/playground`);
  const form = agent.post(`${bot}/playground`).type('form').set('Accept', 'application/json');
  return (await form.send({ text, _csrf: csrfOf(page.text) })).body;
}

test('a trade brings its prompt with the name in it, and entries with blanks that nothing is answered from', async () => {
  const { agent, bot, setup } = await bakery();
  expect(setup).toMatch(/\/setup$/);

  const rows = await entriesOf(idOf(bot));
  expect(rows.map(({ blanks }) => blanks)).toEqual(Array(10).fill(true));
  expect((await agent.get(bot)).text).toContain('assistant of “Oltin Non”');
  expect((await agent.get(setup)).text).toContain('placeholder="price of a plain cake per kg"');
  expect((await agent.get(`${bot}/knowledge`)).text).toContain('Has blanks to fill in');
  const { sources } = await ask(agent, bot, 'How much is a cake per kilo?');
  expect(sources).toEqual([]);
});

test('filled blanks are answered from and make a golden question; what is left open waits', async () => {
  const { agent, bot, setup, cake } = await bakery();
  const fields = { [`blank.${cake.id}.0`]: '180 000', [`blank.${cake.id}.1`]: '240 000', 'hours.workdays': '8-20' };
  const saved = await postForm(agent, setup, fields, setup);

  expect([saved.status, saved.headers['location']]).toEqual([303, `${bot}/playground?step=3`]);
  const page = (await agent.get(`${bot}/playground?step=3`)).text;
  expect(page).toContain('1 answer is ready.');
  expect(page).toContain('9 entries still have blanks');
  expect(page).toContain('value="How much is a cake per kilo?"');
  expect(await ask(agent, bot, 'How much is a cake per kilo?')).toMatchObject({ sources: [{ title: cake.title }] });

  const { rows } = await site.sql.query<{ question: string; must: string[] }>(
    'SELECT question, must_contain AS must FROM golden_questions WHERE bot_id = $1',
    [idOf(bot)],
  );
  expect(rows).toEqual([{ question: 'How much is a cake per kilo?', must: ['180 000', '240 000'] }]);
  const facts = await site.sql.query<{ monday: unknown }>(
    `SELECT facts->'hours'->0 AS monday FROM business_facts WHERE bot_id = $1`,
    [idOf(bot)],
  );
  expect(facts.rows).toEqual([{ monday: [{ from: 480, to: 1200 }] }]);
});

test('an entry with one of two blanks filled keeps the other; one that is not needed goes', async () => {
  const { agent, bot, setup, cake, order } = await bakery();
  await postForm(agent, setup, { [`blank.${cake.id}.0`]: '180 000', [`drop.${order.id}`]: '1' }, setup);

  const rows = await entriesOf(idOf(bot));
  expect(rows).toHaveLength(9);
  expect(rows.find(({ id }) => id === cake.id)).toMatchObject({
    content: expect.stringMatching(/180 000 soum .*\[\[price of a decorated/),
    blanks: true,
  });
});

test('hours that cannot be read come back at their field with everything that was typed', async () => {
  const { agent, setup, cake } = await bakery();
  const refused = await postForm(agent, setup, { 'hours.workdays': 'sometimes', [`blank.${cake.id}.0`]: '180 000' }, setup);

  expect(refused.status).toBe(422);
  expect(refused.text).toContain('href="#hours.workdays"');
  expect(refused.text).toContain('value="180 000"');
});

test('a field that the step does not have, and a trade there is not, are refused', async () => {
  const { agent, setup } = await bakery();
  expect((await postForm(agent, setup, { tenantId: 'x' }, setup)).status).toBe(422);
  const form = { name: 'A', systemPrompt: '', trade: 'piracy', language: 'en' };
  expect((await postForm(agent, '/bots', form, '/bots/new')).status).toBe(422);
});

test('the blanks of another business cannot be filled', async () => {
  const { cake } = await bakery();
  const other = await bakery();
  await postForm(other.agent, other.setup, { [`blank.${cake.id}.0`]: '1', [`drop.${cake.id}`]: '1' }, other.setup);

  const { rows } = await site.sql.query('SELECT content FROM knowledge_entries WHERE id = $1', [cake.id]);
  expect(rows).toEqual([{ content: cake.content }]);
});
