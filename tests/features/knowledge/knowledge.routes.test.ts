import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Agent, postForm, register, type TestApp, testApp } from '../../support/app.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** A signed-in owner with a bot, and the address of its knowledge. */
async function ownerWithBot(): Promise<{ owner: Agent; path: string; botId: string }> {
  const owner = site.agent();
  const { username } = await register(owner);
  const botId = newId();
  await site.sql.query(
    `INSERT INTO bots (id, tenant_id, name, system_prompt, updated_at)
     SELECT $1, m.tenant_id, 'Aida', 'Be kind.', now() FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.username = $2`,
    [botId, username],
  );
  return { owner, path: `/bots/${botId}/knowledge`, botId };
}

const entryIn = (html: string): string => /knowledge\/([0-9a-f-]{36})"/.exec(html)?.[1] ?? '';
const audited = async (targetId: string): Promise<string[]> => {
  const { rows } = await site.sql.query<{ action: string }>('SELECT action FROM audit_lines WHERE target_id = $1 ORDER BY id', [
    targetId,
  ]);
  return rows.map(({ action }) => action);
};

test('an entry is created, changed and deleted, each with an activity line', async () => {
  const { owner, path } = await ownerWithBot();
  const empty = await owner.get(path);
  expect(empty.text).toContain('<details class="fold fold--plain" open');

  const created = await postForm(owner, path, { title: 'Narxlar', content: 'Non <b>4 000</b> soʻm\r\nPatir' }, path);
  expect([created.status, created.headers['location']]).toEqual([303, path]);
  const list = await owner.get(path);
  expect(list.text).toContain('Narxlar');
  expect(list.text).toContain('&lt;b&gt;4 000');

  const entry = `${path}/${entryIn(list.text)}`;
  expect((await owner.get(entry)).text).toContain('Patir</textarea>');
  const changed = await postForm(owner, entry, { title: 'Narx', content: 'Non 5 000' }, entry);
  expect(changed.status).toBe(303);
  expect((await owner.get(path)).text).toContain('Non 5 000');

  const deleted = await postForm(owner, `${entry}/delete`, {}, entry);
  expect([deleted.status, deleted.headers['location']]).toEqual([303, path]);
  expect((await owner.get(entry)).status).toBe(404);
  expect(await audited(entryIn(list.text))).toEqual(['knowledge.created', 'knowledge.changed', 'knowledge.deleted']);
});

test('a form that is sent twice makes one entry', async () => {
  const { owner, path, botId } = await ownerWithBot();
  const form = { title: 'Narxlar', content: 'Non 4 000 soʻm' };
  const sent = await Promise.all([postForm(owner, path, form, path), postForm(owner, path, form, path)]);
  expect(sent.map(({ status }) => status)).toEqual([303, 303]);
  const { rows } = await site.sql.query('SELECT id FROM knowledge_entries WHERE bot_id = $1', [botId]);
  expect(rows).toHaveLength(1);
});

test("the owner edits an entry's questions, one per line, and suggested ones that were removed stay away", async () => {
  const { owner, path, botId } = await ownerWithBot();
  await postForm(owner, path, { title: 'Narxlar', content: 'Non 4 000 soʻm' }, path);
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM knowledge_entries WHERE bot_id = $1', [botId]);
  const entry = `${path}/${rows[0]?.id}`;
  // Without a key nothing waits for a model.
  expect((await site.sql.query('SELECT FROM entry_questions WHERE bot_id = $1', [botId])).rows).toEqual([]);
  await site.sql.query(
    `INSERT INTO entry_questions (entry_id, tenant_id, bot_id, suggested)
     SELECT id, tenant_id, bot_id, '{"Necha pul?","How <much>?"}' FROM knowledge_entries WHERE id = $1`,
    [rows[0]?.id],
  );
  expect((await owner.get(entry)).text).toContain('How &lt;much&gt;?</textarea>');

  const saved = await postForm(owner, `${entry}/questions`, { questions: 'Qimmatmi?\r\n\r\nNecha pul?' }, entry);
  expect([saved.status, saved.headers['location']]).toEqual([303, entry]);
  expect((await owner.get(entry)).text).toContain('Qimmatmi?\nNecha pul?</textarea>');
  const [stored] = (await site.sql.query('SELECT suggested, own, refused FROM entry_questions WHERE bot_id = $1', [botId])).rows;
  expect(stored).toEqual({ suggested: ['Necha pul?'], own: ['Qimmatmi?'], refused: ['How <much>?'] });

  for (const questions of ['x'.repeat(201), Array.from({ length: 41 }, (_, i) => `Question ${i}`).join('\n')]) {
    const refused = await postForm(owner, `${entry}/questions`, { questions }, entry);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(questions.slice(0, 100));
    expect(refused.text).toContain('value="Narxlar"');
  }
  expect((await postForm(owner, `${path}/${newId()}/questions`, { questions: 'x' }, entry)).status).toBe(404);
});

test.each([
  ['no title', { title: ' ', content: 'x' }],
  ['no content', { title: 'Kept title', content: '' }],
  ['a title over 200 characters', { title: 'x'.repeat(201), content: 'Kept content' }],
  ['a content over 20,000 characters', { title: 'Kept title', content: 'x'.repeat(20_001) }],
  ['a field that is not in the form', { title: 'Kept title', content: 'x', tenantId: newId() }],
])('%s is refused with the input kept, new and edited', async (_name, fields: Record<string, string>) => {
  const { owner, path } = await ownerWithBot();
  await postForm(owner, path, { title: 'First', content: 'Stays as it is' }, path);
  const entry = `${path}/${entryIn((await owner.get(path)).text)}`;

  for (const target of [path, entry]) {
    const refused = await postForm(owner, target, fields, path);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('error-summary');
    if (fields['title']?.startsWith('Kept')) expect(refused.text).toContain('value="Kept title"');
  }
  expect((await owner.get(entry)).text).toContain('Stays as it is');
});

test('the longest title and content are accepted', async () => {
  const { owner, path } = await ownerWithBot();
  const saved = await postForm(owner, path, { title: 'ў'.repeat(200), content: 'ў'.repeat(20_000) }, path);
  expect(saved.status).toBe(303);
});

test("another tenant's knowledge and an entry under another bot are 404", async () => {
  const mine = await ownerWithBot();
  const theirs = await ownerWithBot();
  await postForm(theirs.owner, theirs.path, { title: 'Secret', content: 'Theirs' }, theirs.path);
  const entryId = entryIn((await theirs.owner.get(theirs.path)).text);

  for (const path of [
    theirs.path,
    `${theirs.path}/${entryId}`,
    `${mine.path}/${entryId}`,
    `${mine.path}/no-id`,
    `${mine.path}/${newId()}`,
  ]) {
    expect((await mine.owner.get(path)).status, path).toBe(path === mine.path ? 200 : 404);
  }
  for (const path of [theirs.path, `${theirs.path}/${entryId}`, `${mine.path}/${entryId}`]) {
    expect((await postForm(mine.owner, path, { title: 'Taken', content: 'over' }, mine.path)).status, path).toBe(404);
  }
  for (const path of [`${theirs.path}/${entryId}/delete`, `${mine.path}/${entryId}/delete`]) {
    expect((await postForm(mine.owner, path, {}, mine.path)).status, path).toBe(404);
  }
  expect((await theirs.owner.get(`${theirs.path}/${entryId}`)).text).toContain('Theirs');
});

test('an invalid form of a deleted entry is 404', async () => {
  const { owner, path } = await ownerWithBot();
  expect((await postForm(owner, `${path}/${newId()}`, { title: '', content: '' }, path)).status).toBe(404);
});

test('knowledge needs a session to read and a CSRF token to change', async () => {
  const { owner, path } = await ownerWithBot();
  const stranger = await site.agent().get(path);
  expect([stranger.status, stranger.headers['location']]).toEqual([303, `/login?returnTo=${encodeURIComponent(path)}`]);
  expect((await owner.post(path).type('form').send({ title: 'No', content: 'token' })).status).toBe(403);
});

test('more than twenty entries have pages and a search, and invalid links show the first page', async () => {
  const { owner, path, botId } = await ownerWithBot();
  await site.sql.query(
    `INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content)
     SELECT gen_random_uuid(), b.tenant_id, b.id, 'Entry ' || n, 'About ' || n
      FROM bots b, generate_series(1, 45) n WHERE b.id = $1`,
    [botId],
  );
  const rows = async (query: string) => (await owner.get(`${path}${query}`)).text.match(/list__row/g)?.length ?? 0;

  expect(await rows('')).toBe(20);
  expect(await rows('?page=3')).toBe(5);
  expect(await rows('?page=99')).toBe(5);
  expect(await rows('?page=-1&q[x]=1')).toBe(20);
  expect(await rows('?q=Entry+44')).toBe(1);
  expect(await rows('?q=nowhere')).toBe(0);
  expect((await owner.get(`${path}?q=%22%3E%3Cscript%3E`)).text).not.toContain('"><script>');
});

test.each(['en', 'ru', 'uz'])('the pages are complete in %s', async (language) => {
  const { owner, path } = await ownerWithBot();
  await postForm(owner, '/language', { language, returnTo: path }, path);
  await postForm(owner, path, { title: 'T', content: 'C' }, path);
  const list = (await owner.get(path)).text;
  const edit = (await owner.get(`${path}/${entryIn(list)}`)).text;
  expect(`${list}${edit}`).not.toMatch(/knowledge\.(index|form|create|edit|delete|questions)\./);
});
