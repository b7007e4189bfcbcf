// Prisma reads a relation by a query of its own. On Postgres the person may be deleted between the two.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNoticesQueries } from '../../../src/features/notices/notices.queries.ts';
import { createPeopleRead } from '../../../src/features/operators/people.read.ts';
import { createTeamQueries } from '../../../src/features/team/team.queries.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { aBusiness } from '../../support/factories.ts';
import { rounds } from '../../support/soak.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

test('who reads the people of a business while one of them is deleted gets the others, again and again', async () => {
  const { database } = opened;
  const { tenantId } = await aBusiness({}).in(database);
  const [team, people, notices] = [
    createTeamQueries({ database }),
    createPeopleRead({ database }),
    createNoticesQueries({ database }),
  ];
  for (let round = 0; round < rounds(50); round += 1) {
    const id = newId();
    const name = `leaving${round}`;
    const data = { id, username: name, usernameKey: name, email: `${name}@x.uz`, emailKey: `${name}@x.uz`, passwordHash: 'h' };
    await database.prisma.user.create({ data });
    await database.prisma.membership.create({ data: { tenantId, userId: id, role: 'owner' } });
    const reads = [team.members(tenantId), people.members(tenantId), notices.owners(tenantId)] as const;
    await Promise.all([...reads, database.prisma.user.deleteMany({ where: { id } })]);
    for (const read of reads) expect((await read).every((person) => Boolean(person.username))).toBe(true);
  }
});
