import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { isGone } from '../../../src/platform/db/failures.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test.each<[string, (id: string) => Promise<unknown>]>([
  ['read', (id) => opened.database.prisma.user.findUniqueOrThrow({ where: { id } })],
  ['changed', (id) => opened.database.prisma.user.update({ where: { id }, data: { language: 'ru' } })],
  ['a parent', (id) => opened.database.prisma.membership.create({ data: { tenantId: id, userId: id, role: 'owner' } })],
])('a row that was deleted before it could be %s is gone, which is no fault of ours', async (_what, act) => {
  expect(isGone(await act(newId()).catch((error: unknown) => error))).toBe(true);
});
