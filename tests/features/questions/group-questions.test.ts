import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQuestionsRepo } from '../../../src/features/questions/questions.repo.ts';
import { removeCustomerMessages } from '../../../src/pipeline/erase.ts';
import { openDatabase } from '../../../src/platform/db/database.ts';
import type { Shop } from '../../support/factories.ts';
import { asks, grouperOn } from '../../support/open-questions.ts';
import { seedShop } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

const all = { state: null, search: '', limit: 100, offset: 0 } as const;
const listOf = async ({ tenantId, botId }: Shop) =>
  (await createQuestionsRepo(opened).page(tenantId, botId, all)).map(({ question, count, people, state }) => [
    ...[question, count, people, state],
  ]);
const group = () => grouperOn(opened.database).look();

test('one question in other words, scripts and languages is one, counted by times and by people', async () => {
  const shop = await seedShop(opened.database);
  const aziz = await asks(opened.database, shop, 'chegirma bormi', { at: new Date(Date.now() - 5_000) });
  await asks(opened.database, shop, 'есть скидки?', { language: 'ru' });
  await asks(opened.database, shop, 'skidka bormi', { by: aziz });
  await asks(opened.database, shop, 'wifi bormi', { kind: 'no_answer' });
  await asks(opened.database, shop, 'operator', { kind: 'asked' });
  await asks(opened.database, shop, '', { kind: 'unknown' });
  await group();
  expect(await listOf(shop)).toEqual([
    ['chegirma bormi', 3, 2, 'open'],
    ['wifi bormi', 1, 1, 'open'],
  ]);
});

test('a dismissed question stays closed when asked again, and an answered one opens anew', async () => {
  const shop = await seedShop(opened.database);
  const questions = createQuestionsRepo(opened);
  await asks(opened.database, shop, 'chegirma bormi');
  await asks(opened.database, shop, 'wifi bormi');
  await group();
  const rows = await questions.page(shop.tenantId, shop.botId, all);
  const idOf = (words: string) => rows.find(({ question }) => question === words)?.id as string;
  await questions.dismissed(shop.tenantId, idOf('wifi bormi'));
  await asks(opened.database, shop, 'есть скидки?', { at: new Date(Date.now() - 60_000) });
  await questions.answered(shop.tenantId, idOf('chegirma bormi'), { entryId: idOf('wifi bormi'), answer: '5 %' });
  await group();
  expect(await listOf(shop)).toMatchObject([
    [expect.anything(), 2, 2, 'answered'],
    ['wifi bormi', 1, 1, 'dismissed'],
  ]);

  const later = { at: new Date(Date.now() + 1_000) };
  await asks(opened.database, shop, 'вайфай есть?', later);
  await asks(opened.database, shop, 'Skidka bormi?', later);
  await group();
  expect((await listOf(shop)).map(([, count, , state]) => [count, state])).toEqual([
    [3, 'open'],
    [2, 'dismissed'],
  ]);
  expect(await questions.find(shop.tenantId, shop.botId, idOf('chegirma bormi'))).toMatchObject({ round: 2 });
});

test('two processes group every row exactly once, and make no question twice', async () => {
  const shops = await Promise.all([1, 2, 3].map(() => seedShop(opened.database)));
  const words = ['chegirma bormi', 'есть скидки?', 'wifi bormi', 'Есть вайфай?', 'parkovka bormi', 'стоянка есть?'];
  for (let i = 0; i < 240; i += 1) {
    await asks(opened.database, shops[i % 3] as Shop, words[i % words.length] as string);
  }
  const other = opened.database.kind === 'postgres' ? openDatabase(opened.address, { onError: () => {} }) : opened.database;
  await Promise.all([opened.database, other, opened.database, other].map((database) => grouperOn(database).look()));
  const { rows } = await opened.database.sql.query<{ left: number; askers: number; questions: number }>(
    `SELECT (SELECT count(*) FROM attention WHERE grouped_at IS NULL)::int AS left,
       (SELECT count(*) FROM open_question_askers WHERE tenant_id = ANY($1))::int AS askers,
       (SELECT count(*) FROM open_questions WHERE tenant_id = ANY($1))::int AS questions`,
    [shops.map(({ tenantId }) => tenantId)],
  );
  expect(rows[0]).toEqual({ left: 0, askers: 240, questions: 6 });
  if (other !== opened.database) await other.close();
});

test('the words of an erased customer leave the questions with them', async () => {
  const shop = await seedShop(opened.database);
  await asks(opened.database, shop, 'my diagnosis of 5 May?');
  await group();
  const { rows } = await opened.database.sql.query<{ id: string }>('SELECT id FROM customers WHERE bot_id = $1', [shop.botId]);
  await removeCustomerMessages(opened.database.sql, { ...shop, customerId: rows[0]?.id as string });
  expect(await listOf(shop)).toEqual([]);
  await createQuestionsRepo(opened).removeUnaskedAcrossTenants();
  const left = await opened.database.sql.query('SELECT id FROM open_questions WHERE bot_id = $1', [shop.botId]);
  expect(left.rows).toEqual([]);
});
