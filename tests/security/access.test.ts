// Every route of the list with every role: S01, S02 (foreign ids), S05 (admin routes), S14, S15 (CSRF).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawClient } from './raw-client.ts';
import { gets, nameOf, posts, ROUTES, type RouteRow } from './route-list.ts';
import { addressOf, fingerprint, NOTHING, type Things, twoTenants, type World } from './two-tenants.ts';

let world: World;
let owner: RawClient & { things: Things };
let other: RawClient & { things: Things };
let operator: RawClient;
let admin: RawClient & { things: Things };
beforeAll(async () => {
  world = await twoTenants();
  [owner, other, admin] = [await world.owner(), await world.owner(), await world.admin()];
  operator = await world.operatorOf(owner.things);
});
afterAll(() => world.close());

const rowsFor = (...who: RouteRow['who'][]): RouteRow[] => ROUTES.filter((row) => who.includes(row.who));
const named = (rows: RouteRow[]): [string, RouteRow][] => rows.map((row) => [nameOf(row), row]);
const withId = (rows: RouteRow[]): RouteRow[] => rows.filter(({ path }) => path.includes(':') && !path.includes(':token'));

/** The page without what differs from one request to the next: tokens, ids, and the asked address that it leads back to. */
const plain = (text: string): string =>
  text.replace(/name="(_csrf|returnTo)" value="[^"]*"/g, '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}/g, 'ID');

describe('nobody signed in', () => {
  test.each(named(rowsFor('member', 'owner', 'admin')))('%s leads to the login page; a script gets 401', async (_name, row) => {
    const [visitor, path] = [world.visitor(), addressOf(row.path, owner.things)];
    const page = await visitor.send(row.method, path);
    const back = row.method === 'GET' ? `?returnTo=${encodeURIComponent(path)}` : '';
    expect([page.status, page.headers.location]).toEqual([303, `/login${back}`]);
    const script = await visitor.send(row.method, path, { headers: { accept: 'application/json' } });
    expect([script.status, Object.keys(JSON.parse(script.text))]).toEqual([401, ['error']]);
  });

  test.each(named(gets(rowsFor('anyone', 'visitor', 'probe'))))('%s is open', async (_name, { path }) => {
    const { status } = await world.visitor().get(addressOf(path, owner.things));
    expect([200, 410]).toContain(status);
  });
});

describe('a form', () => {
  test.each(
    named(posts(ROUTES).filter(({ csrf }) => csrf)),
  )('%s does nothing without a token, with a foreign one, or from another site', async (_name, row) => {
    const client = row.who === 'admin' ? admin : owner;
    const path = addressOf(row.path, owner.things);
    const before = await fingerprint(world);
    const [own, foreign] = [await client.token(), await other.token()];
    const tries = [
      await client.send('POST', path),
      await client.form(path, { _csrf: '' }),
      await client.form(path, { _csrf: foreign }),
      await client.form(path, [
        ['_csrf', own],
        ['_csrf', own],
      ]),
      await client.send('POST', path, { type: 'application/json', body: JSON.stringify({ _csrf: { a: own } }) }),
      await client.send('POST', path, { type: 'text/plain', body: `_csrf=${own}` }),
      await client.send('POST', `${path}?_csrf=${own}`),
      await client.form(path, { _csrf: own }, { 'sec-fetch-site': 'cross-site' }),
      await client.form(path, { _csrf: own }, { origin: 'https://evil.example' }),
    ];
    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 403));
    expect(await fingerprint(world)).toBe(before);
    expect((await client.get('/account')).status).toBe(200);
  });
});

describe('another business', () => {
  test.each(
    named(withId(rowsFor('member', 'owner'))),
  )('%s of another business answers like an unknown one', async (_name, row) => {
    const token = await other.token();
    const ask = (things: Things, parent?: Things) =>
      row.method === 'GET'
        ? other.get(addressOf(row.path, things, parent))
        : other.form(addressOf(row.path, things, parent), { _csrf: token });
    const before = await fingerprint(world);
    const nothing = await ask(NOTHING);
    expect(nothing.status).toBe(404);
    // With an id of one's own before it: only where there are two.
    const ways: [Things, Things?][] = [[owner.things], [owner.things, other.things]];
    for (const way of ways.slice(0, row.path.split(':').length - 1)) {
      const answer = await ask(...way);
      expect(answer.status).toBe(404);
      expect(plain(answer.text)).toBe(plain(nothing.text));
    }
    expect(await fingerprint(world)).toBe(before);
  });

  test.each(
    named(withId(rowsFor('member', 'owner')).filter(({ path }) => path.split(':').length > 2)),
  )('%s: an object of one bot is 404 under another bot of the same business', async (_name, row) => {
    const path = addressOf(row.path, owner.things, { bot: owner.things.otherBot });
    const before = await fingerprint(world);
    const answer = row.method === 'GET' ? await owner.get(path) : await owner.submit(path, {});
    expect(answer.status).toBe(404);
    expect(await fingerprint(world)).toBe(before);
  });
});

describe('an operator', () => {
  test.each(named(gets(rowsFor('member'))))('%s is shown', async (_name, { path }) => {
    expect((await operator.get(addressOf(path, owner.things))).status).toBe(200);
  });

  test.each(named(gets(rowsFor('owner'))))('%s is refused', async (_name, { path }) => {
    expect((await operator.get(addressOf(path, owner.things))).status).toBe(403);
  });

  test.each(
    named(posts(rowsFor('member')).filter(({ path }) => !/leave$|account\/delete$|password$|sessions/.test(path))),
  )('%s is not refused for the role', async (_name, { path }) => {
    expect((await operator.submit(addressOf(path, owner.things), {})).status).not.toBe(403);
  });

  test.each(named(posts(rowsFor('owner'))))('%s is refused and changes nothing', async (_name, { path }) => {
    const before = await fingerprint(world);
    expect((await operator.submit(addressOf(path, owner.things), {})).status).toBe(403);
    expect(await fingerprint(world)).toBe(before);
  });
});

test('somebody who was removed gets nothing any more, on a page that was open or with a form of it', async () => {
  const removed = await world.operatorOf(owner.things);
  const token = await removed.token();
  const kept = await world.operatorOf(owner.things);
  expect((await owner.submit(`/account/team/${removed.things.userId}/remove`, {})).status).toBe(303);
  const before = await fingerprint(world);
  for (const row of rowsFor('member', 'owner')) {
    const path = addressOf(row.path, owner.things);
    const answer = row.method === 'GET' ? await removed.get(path) : await removed.form(path, { _csrf: token });
    expect([nameOf(row), answer.status, answer.headers.location?.split('?')[0]]).toEqual([nameOf(row), 303, '/login']);
  }
  expect(await fingerprint(world)).toBe(before);
  expect((await kept.get('/dashboard')).status).toBe(200);
});

test('an admin of the installation has no role in other businesses', async () => {
  for (const row of gets(withId(rowsFor('member', 'owner')))) {
    expect([nameOf(row), (await admin.get(addressOf(row.path, owner.things))).status]).toEqual([nameOf(row), 404]);
  }
});

test('admin pages are 404 for others, and rights end with the grant', async () => {
  const token = await owner.token();
  // The message of the form before is shown once.
  await owner.get('/');
  const absent = await owner.get('/admin/no-such-page');
  expect(absent.status).toBe(404);
  for (const row of rowsFor('admin')) {
    const path = addressOf(row.path, other.things);
    const answer = row.method === 'GET' ? await owner.get(path) : await owner.form(path, { _csrf: token });
    expect([nameOf(row), answer.status, plain(answer.text) === plain(absent.text)]).toEqual([nameOf(row), 404, true]);
  }
  const fallen = await world.admin();
  await world.sql.query('UPDATE users SET is_admin = false WHERE id = $1', [fallen.things.userId]);
  for (const row of gets(rowsFor('admin'))) expect((await fallen.get(addressOf(row.path, other.things))).status).toBe(404);
});

test('viewing pages writes nothing', async () => {
  const before = await fingerprint(world);
  for (const row of gets(ROUTES)) await owner.get(addressOf(row.path, owner.things));
  expect(await fingerprint(world)).toBe(before);
});
