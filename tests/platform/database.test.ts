import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaDrift } from '../../scripts/schema-drift.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test('the migrations and prisma/schema.prisma agree', async () => {
  expect(await schemaDrift(opened.address)).toBe('');
});

test('an audit line can be added and never changed', async () => {
  const { prisma } = opened.database;
  await prisma.auditLine.create({ data: { actorKind: 'system', action: 'test.done' } });

  await expect(prisma.auditLine.updateMany({ data: { action: 'x.y' } })).rejects.toThrow('append-only');
  await expect(prisma.auditLine.deleteMany({})).rejects.toThrow('append-only');
});

test('a transaction that throws leaves nothing behind', async () => {
  const { inTransaction, prisma } = opened.database;
  const id = '01890000-0000-7000-8000-000000000001';
  const work = inTransaction(async (sql) => {
    await sql.query("INSERT INTO tenants (id, name) VALUES ($1, 'Gone')", [id]);
    throw new Error('no');
  });

  await expect(work).rejects.toThrow('no');
  expect(await prisma.tenant.findUnique({ where: { id } })).toBeNull();
});
