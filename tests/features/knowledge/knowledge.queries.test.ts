import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKnowledgeQueries, knowledgeSource } from '../../../src/features/knowledge/knowledge.queries.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

const repoWith = (maxTenantBytes = 1_000_000) => createKnowledgeQueries({ database: opened.database, maxTenantBytes });

async function tenantWithBot() {
  const { prisma } = opened.database;
  const tenant = await prisma.tenant.create({ data: { id: newId(), name: 'Bakery' } });
  const bot = await prisma.bot.create({ data: { id: newId(), tenantId: tenant.id, name: 'Aida', systemPrompt: 'Be kind.' } });
  const version = async () => (await prisma.bot.findUniqueOrThrow({ where: { id: bot.id } })).knowledgeVersion;
  return { tenantId: tenant.id, botId: bot.id, version };
}

const text = (title: string, content = 'Bread 4 000') => ({ id: newId(), title, content });

test('every change of an entry makes the search index stale', async () => {
  const { tenantId, botId, version } = await tenantWithBot();
  const entry = text('Prices');

  expect(await repoWith().insert(tenantId, botId, entry)).toBe('saved');
  expect(await version()).toBe(1);
  expect(await repoWith().update(tenantId, botId, { ...entry, content: 'Bread 5 000' })).toBe('saved');
  expect(await version()).toBe(2);
  expect(await repoWith().find(tenantId, botId, entry.id)).toMatchObject({ title: 'Prices', content: 'Bread 5 000' });
  expect(await repoWith().remove(tenantId, botId, entry.id)).toBe('Prices');
  expect(await version()).toBe(3);
});

test('a process that asks again reads the changed entries only, whoever changed them', async () => {
  const { tenantId, botId } = await tenantWithBot();
  const [first, second] = [text('First'), text('Second')];
  for (const entry of [first, second]) await repoWith().insert(tenantId, botId, entry);
  const source = knowledgeSource(opened.database);
  const stamps = async () => new Map((await source.states(tenantId, botId, new Date())).map(({ id, stamp }) => [id, stamp]));
  const before = await stamps();

  await repoWith().update(tenantId, botId, { ...first, content: 'Bread 5 000' });
  const after = await stamps();
  expect([...after].filter(([id, stamp]) => before.get(id) !== stamp).map(([id]) => id)).toEqual([first.id]);
  expect(await source.texts(tenantId, botId, [first.id])).toEqual([
    { ...first, content: 'Bread 5 000', questions: [], stamp: after.get(first.id) },
  ]);
});

test('entries of another tenant or bot are not read, changed or deleted, and their index stays', async () => {
  const mine = await tenantWithBot();
  const theirs = await tenantWithBot();
  const entry = text('Secret');
  await repoWith().insert(theirs.tenantId, theirs.botId, entry);
  const other = await opened.database.prisma.bot.create({
    data: { id: newId(), tenantId: theirs.tenantId, name: 'B', systemPrompt: 'p' },
  });

  for (const [tenantId, botId] of [
    [mine.tenantId, theirs.botId],
    [mine.tenantId, mine.botId],
    [theirs.tenantId, mine.botId],
    [theirs.tenantId, other.id],
  ] as const) {
    expect(await repoWith().find(tenantId, botId, entry.id)).toBeNull();
    expect(await repoWith().update(tenantId, botId, entry)).toBe('not_found');
    expect(await repoWith().remove(tenantId, botId, entry.id)).toBeNull();
  }
  expect(await repoWith().insert(mine.tenantId, theirs.botId, text('Mine'))).toBe('not_found');
  expect(await knowledgeSource(opened.database).states(theirs.tenantId, theirs.botId, new Date())).toHaveLength(1);
  expect(await theirs.version()).toBe(1);
  expect(await mine.version()).toBe(0);
});

test('the quota of a tenant counts all its bots, and an edit only its growth', async () => {
  const { tenantId, botId } = await tenantWithBot();
  const second = await opened.database.prisma.bot.create({ data: { id: newId(), tenantId, name: 'B', systemPrompt: 'p' } });
  const repo = repoWith(3_000);
  const entry = text('One', 'a'.repeat(1_000));

  expect(await repo.insert(tenantId, botId, entry)).toBe('saved');
  expect(await repo.insert(tenantId, second.id, text('Two', 'b'.repeat(1_500)))).toBe('full');
  expect(await repo.insert(tenantId, second.id, text('Two', 'ў'.repeat(400)))).toBe('saved');
  expect(await repo.update(tenantId, botId, { ...entry, content: 'c'.repeat(1_100) })).toBe('saved');
  expect(await repo.update(tenantId, botId, { ...entry, content: 'd'.repeat(2_000) })).toBe('full');
});

test('concurrent writers cannot exceed the quota', async () => {
  const { tenantId, botId } = await tenantWithBot();
  const repo = repoWith(10_000);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => repo.insert(tenantId, botId, text('T', 'x'.repeat(1_499)))),
  );
  expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(5);
});

test('the list shows the newest change first, with the start of the content', async () => {
  const { tenantId, botId } = await tenantWithBot();
  const old = text('Old', 'z'.repeat(20_000));
  await repoWith().insert(tenantId, botId, old);
  await repoWith().insert(tenantId, botId, text('New'));
  await repoWith().update(tenantId, botId, old);

  const page = await repoWith().page(tenantId, botId, { ids: null, show: '', limit: 20, offset: 0 });
  expect(page.map(({ title }) => title)).toEqual(['Old', 'New']);
  expect(page[0]?.preview.length).toBe(200);
  expect(await repoWith().page(tenantId, botId, { ids: [old.id, newId()], show: '', limit: 20, offset: 0 })).toMatchObject([
    { title: 'Old' },
  ]);
  expect(await repoWith().size(tenantId, botId)).toEqual({ total: 2, version: 3 });
});
