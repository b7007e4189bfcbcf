import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
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
}

/** A bot with three entries by hand. */
async function shop(): Promise<{ agent: Agent; list: string; rows: () => Promise<Row[]> }> {
  const { agent } = await newOwner(site, { language: 'en' });
  const bot = await makeBot(agent);
  const list = `${bot}/knowledge`;
  for (const title of ['Bread', 'Cake', 'Delivery']) await postForm(agent, list, { title, content: `About ${title}` }, list);
  const rows = async () =>
    (await site.sql.query<Row>('SELECT id, title, content FROM knowledge_entries WHERE bot_id = $1 ORDER BY title', [idOf(bot)]))
      .rows;
  return { agent, list, rows };
}

test('several entries are deleted at once, and put back as they were', async () => {
  const { agent, list, rows } = await shop();
  const before = await rows();
  const ids = before.slice(0, 2).map(({ id }) => id);
  const deleted = await postForm(agent, `${list}/delete`, { ids: ids.join() }, list);
  const after = String(deleted.headers['location']);

  expect(await rows()).toEqual(before.slice(2));
  const page = (await agent.get(after)).text;
  expect(page).toContain('2 entries deleted.');
  expect(page).toContain('Undo the deletion');
  await postForm(agent, `${list}/restore`, { ids: ids.join() }, after);
  expect(await rows()).toEqual(before);
});

test('none chosen is said, and ids of another business delete and restore nothing', async () => {
  const [mine, theirs] = [await shop(), await shop()];
  const none = await postForm(mine.agent, `${mine.list}/delete`, {}, mine.list);
  expect([none.status, none.text.includes('Select at least one entry.')]).toEqual([422, true]);

  const [{ id }] = (await theirs.rows()) as [Row];
  expect((await postForm(mine.agent, `${mine.list}/delete`, { ids: id }, mine.list)).status).toBe(404);
  expect((await postForm(mine.agent, `${mine.list}/restore`, { ids: id }, mine.list)).status).toBe(404);
  expect(await theirs.rows()).toHaveLength(3);
});

test('the list is filtered by origin, blanks and last day, and counts what it shows', async () => {
  const { agent, list } = await shop();
  await postForm(agent, list, { title: 'Offer', content: 'Half price', validUntil: '2026-11-01' }, list);
  await postForm(agent, list, { title: 'Open', content: 'From [[price]] soum' }, list);
  const titles = async (show: string) =>
    [...(await agent.get(`${list}?show=${show}`)).text.matchAll(/list__cover"[^>]*>([^<]*)</g)].map(([, title]) => title);

  expect(await titles('blanks')).toEqual(['Open']);
  expect(await titles('expiring')).toEqual(['Offer']);
  expect(await titles('hand')).toHaveLength(5);
  expect(await titles('file')).toEqual([]);
  expect((await agent.get(`${list}?show=nonsense`)).status).toBe(200);
});

test('after an entry was added the form is open for the next one', async () => {
  const { agent, list } = await shop();
  await postForm(agent, list, { title: 'Pie', content: 'With apples' }, list);
  expect((await agent.get(list)).text).toContain('data-next');
  expect((await agent.get(list)).text).not.toContain('data-next');
});
