// Every admin route with every role, so that a new route without its guard is found.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawClient } from '../../security/raw-client.ts';
import { nameOf, ROUTES } from '../../security/route-list.ts';
import { addressOf, fingerprint, type Things, twoTenants, type World } from '../../security/two-tenants.ts';

let world: World;
let subject: RawClient & { things: Things };
let people: Record<'anonymous' | 'owner' | 'other owner' | 'operator' | 'suspended owner', RawClient>;
let admin: RawClient;
beforeAll(async () => {
  world = await twoTenants();
  [subject, admin] = [await world.owner(), await world.admin()];
  const suspended = await world.owner();
  await world.sql.query('UPDATE tenants SET suspended_at = now() WHERE id = $1', [suspended.things.tenantId]);
  people = {
    anonymous: world.visitor(),
    owner: subject,
    'other owner': await world.owner(),
    operator: await world.operatorOf(subject.things),
    'suspended owner': suspended,
  };
});
afterAll(() => world.close());

const EXPECTED = { anonymous: 303, owner: 404, 'other owner': 404, operator: 404, 'suspended owner': 303 };
const rows = ROUTES.filter(({ who }) => who === 'admin');

test.each(rows.map((row) => [nameOf(row), row] as const))('%s is for admins only', async (_name, row) => {
  const path = addressOf(row.path, subject.things);
  const before = await fingerprint(world);
  const seen: Record<string, number> = {};
  for (const [name, client] of Object.entries(people)) {
    const answer = row.method === 'GET' ? await client.get(path) : await client.form(path, { _csrf: await tokenOf(client) });
    seen[name] = answer.status;
  }
  expect(seen).toEqual(EXPECTED);
  expect(await fingerprint(world)).toBe(before);
  if (row.method === 'GET') expect((await admin.get(path)).status).toBe(200);
});

test('a suspended business can use no page', async () => {
  const before = await fingerprint(world);
  const client = people['suspended owner'];
  const own = ROUTES.filter(({ who }) => who === 'member' || who === 'owner');
  for (const row of own) {
    const path = addressOf(row.path, subject.things);
    const answer = row.method === 'GET' ? await client.get(path) : await client.form(path, { _csrf: 'any' });
    expect([nameOf(row), answer.status, answer.headers.location?.startsWith('/login')]).toEqual([nameOf(row), 303, true]);
  }
  expect(await fingerprint(world)).toBe(before);
});

/** The CSRF token of a visible form; for a visitor that of the login page. */
const tokenOf = (client: RawClient): Promise<string> => client.token();
