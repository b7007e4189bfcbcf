// S03, S04, S09, S39, R47: whatever is sent to a form, nothing breaks and nothing but the form's own fields is taken.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soak } from '../support/soak.ts';
import { junk, PRIVILEGED, withToken } from './junk.ts';
import type { RawClient } from './raw-client.ts';
import { nameOf, ROUTES, type RouteRow } from './route-list.ts';
import { addressOf, fingerprint, NOWHERE, type Things, twoTenants, type World } from './two-tenants.ts';

// Each form gets other junk. More of it: FUZZ_RUNS=1000 FUZZ_SEED=7 vitest run tests/security/fuzz.test.ts
const RUNS = Number(process.env.FUZZ_RUNS ?? soak(5, 500));
const SEED = Number(process.env.FUZZ_SEED ?? 20261122);

let world: World;
type Somebody = RawClient & { things: Things };
let bystander: Somebody;
const people: { owner?: Somebody; admin?: Somebody } = {};
beforeAll(async () => {
  world = await twoTenants();
  bystander = await world.owner();
});
afterAll(() => world.close());

const FORMS = ROUTES.filter(({ method, csrf }) => method === 'POST' && csrf);
/** Forms that are for somebody else as soon as they were used once. */
const ENDS = /\/(delete|logout|end|end-others)$/;
const named = (rows: RouteRow[]): [string, RouteRow][] => rows.map((row) => [nameOf(row), row]);

/** Whoever may send the form, and is still signed in. A form that ends something gets somebody new. */
async function somebodyFor(row: RouteRow): Promise<Somebody> {
  const who = row.who === 'admin' ? 'admin' : 'owner';
  const before = ENDS.test(row.path) ? undefined : people[who];
  if (before && (await before.get('/account')).status === 200) return before;
  const somebody = await world[who]();
  people[who] = somebody;
  return somebody;
}

test.each(named(FORMS))(
  `%s: ${RUNS} kinds of junk, never a fault of ours, never a change at anybody else’s`,
  async (_name, row) => {
    const before = await othersOf(bystander.things);
    let client = await somebodyFor(row);
    let token = await client.token();
    await fc.assert(
      fc.asyncProperty(junk, async (thrown) => {
        if (ENDS.test(row.path) && (await client.get('/account')).status !== 200) {
          client = await somebodyFor(row);
          token = await client.token();
        }
        const { body, type } = withToken(thrown, token);
        const answer = await client.send('POST', addressOf(row.path, client.things), { body, type });
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toMatch(/node_modules|\bat \w+ \(|syntax error|Prisma/);
        if (answer.status >= 300 && answer.status < 400) expect(answer.headers.location).toMatch(/^\/(?![/\\])/);
      }),
      { numRuns: RUNS, seed: SEED + FORMS.indexOf(row) },
    );
    expect(await othersOf(bystander.things)).toEqual(before);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  },
  120_000,
);

/** What the bystander has, and how many admins there are. */
async function othersOf({ tenantId, userId }: Things) {
  const { rows } = await world.sql.query(
    `SELECT (SELECT count(*) FROM users WHERE is_admin AND id <> ALL (SELECT user_id FROM memberships)) AS odd_admins,
       (SELECT md5(u::text) FROM users u WHERE id = $2) AS person,
       (SELECT md5(string_agg(b::text, '' ORDER BY id)) FROM bots b WHERE tenant_id = $1) AS bots,
       (SELECT md5(string_agg(k::text, '' ORDER BY id)) FROM knowledge_entries k WHERE tenant_id = $1) AS entries,
       (SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM connections c WHERE tenant_id = $1) AS connections,
       (SELECT md5(string_agg(m::text, '' ORDER BY id)) FROM messages m WHERE tenant_id = $1) AS messages`,
    [tenantId, userId],
  );
  return rows[0];
}

/** Forms that are right but for what is added to them. */
const RIGHT: Record<string, Record<string, string>> = {
  'POST /register': { username: 'mass.one', email: 'mass.one@example.com', password: 'seven blue cranes at dusk' },
  'POST /bots': { name: 'Mass', systemPrompt: 'Kind.' },
  'POST /bots/:id': { name: 'Mass', systemPrompt: 'Kind.' },
  'POST /bots/:id/delete': { confirmName: 'Aida' },
  'POST /bots/:id/facts': { 'hours.mon': '9-18' },
  'POST /bots/:id/setup': { 'hours.sat': '9-18' },
  'POST /bots/:id/knowledge': { title: 'Mass', content: 'Assignment' },
  'POST /bots/:id/knowledge/:entryId': { title: 'Mass', content: 'Assignment' },
  'POST /bots/:id/knowledge/:entryId/questions': { questions: 'Mass assignment?' },
  'POST /bots/:id/knowledge/:entryId/delete': {},
  'POST /bots/:id/connections/:connectionId': {},
  'POST /bots/:id/playground': { text: 'Hello' },
  'POST /bots/:id/broadcasts': { text: 'We bake on Sundays' },
  'POST /bots/:id/broadcasts/:broadcastId/cancel': {},
  'POST /account': { username: 'mass.two', email: 'mass.two@example.com', language: 'en' },
};

test.each(Object.entries(RIGHT))('%s with any extra field is refused', async (name, fields) => {
  const client = await world.owner();
  const path = addressOf(name.split(' ')[1] as string, client.things);
  const before = await fingerprint(world);
  const statuses: number[] = [];
  for (const extra of PRIVILEGED) statuses.push((await client.submit(path, { ...fields, [extra]: bystander.things.bot })).status);
  expect(statuses).toEqual(PRIVILEGED.map(() => 422));
  expect(await fingerprint(world)).toBe(before);
});

test.each(named(FORMS))('%s accepts no foreign field: an attacker’s additions change nothing', async (_name, row) => {
  const client = await somebodyFor(row);
  const path = addressOf(row.path, client.things);
  const before = await privilegesOf();
  // The fields in turn: a field is tried at every fourth form or more often.
  const extras = PRIVILEGED.filter((_, i) => process.env['SOAK'] || (i + FORMS.indexOf(row)) % 4 === 0);
  for (const extra of extras) {
    const { status } = await client.submit(path, { [extra]: bystander.things.tenantId });
    expect([extra, status < 500]).toEqual([extra, true]);
    if (ENDS.test(row.path)) break;
  }
  expect(await privilegesOf()).toEqual(before);
});

/** Who is an admin, who belongs to which business in which role, whose each thing is. */
async function privilegesOf() {
  const owned = ['bots', 'connections', 'customers', 'conversations', 'knowledge_entries', 'broadcasts', 'broadcast_photos'];
  const parts = owned.map(
    (table) => `(SELECT md5(string_agg(id::text || tenant_id, '' ORDER BY id)) FROM ${table} WHERE tenant_id = $1)`,
  );
  const { rows } = await world.sql.query(
    `SELECT (SELECT string_agg(id::text, '' ORDER BY id) FROM users WHERE is_admin AND id = $2) AS admin,
       (SELECT string_agg(user_id::text || role, '' ORDER BY user_id) FROM memberships WHERE tenant_id = $1) AS members,
       (SELECT string_agg(s::text, '' ORDER BY id) FROM subscriptions s WHERE tenant_id = $1) AS plans, ${parts.join(', ')}`,
    [bystander.things.tenantId, bystander.things.userId],
  );
  return rows[0];
}

test('only the server assigns ids: an id in a body creates and takes over nothing', async () => {
  const client = await world.owner();
  const before = await othersOf(bystander.things);
  for (const id of [NOWHERE, bystander.things.bot]) {
    await client.submit('/bots', { name: 'Mine', systemPrompt: 'Kind.', id });
    const json = JSON.stringify({ _csrf: await client.token(), name: 'Mine', systemPrompt: 'Kind.', id: { set: id } });
    expect((await client.send('POST', '/bots', { type: 'application/json', body: json })).status).toBe(422);
  }
  expect(await othersOf(bystander.things)).toEqual(before);
  expect((await world.sql.query('SELECT 1 FROM bots WHERE id = $1', [NOWHERE])).rowCount).toBe(0);
});

test.each([
  ['an object', { set: 'x' }],
  ['a list', ['x']],
  ['a number', 7],
  ['an operator', { contains: '' }],
  ['nothing', null],
])('%s in place of a text is refused', async (_what, value) => {
  const client = await world.owner();
  const body = JSON.stringify({ _csrf: await client.token(), name: value, systemPrompt: value });
  const path = `/bots/${client.things.bot}`;
  expect((await client.send('POST', path, { type: 'application/json', body })).status).toBe(422);
  const login = JSON.stringify({ _csrf: await client.token(), login: value, password: value });
  expect((await client.send('POST', '/login', { type: 'application/json', body: login })).status).toBe(422);
});
