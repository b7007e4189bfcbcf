import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test('Prisma and SQL agree on times on a server with another time zone', async () => {
  await opened.database.sql.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Tashkent'); END $$`,
  );
  const database = openDatabase(opened.address, { onError: () => {} });
  const createdAt = new Date('2026-11-15T22:30:00.000Z');
  const { id } = await database.prisma.tenant.create({ data: { id: newId(), name: 'A business', createdAt } });
  const { rows } = await database.sql.query('SELECT created_at FROM tenants WHERE id = $1 AND created_at = $2', [id, createdAt]);

  expect(rows).toEqual([{ created_at: createdAt }]);
  expect(await database.prisma.tenant.findUnique({ where: { id }, select: { createdAt: true } })).toEqual({ createdAt });
  await database.close();
});
