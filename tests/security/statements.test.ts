// S41 (raw SQL): input from forms, addresses, headers and webhooks reaches the database as values only.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/platform/crypto/ids.ts';
import { PASSWORD } from '../support/app.ts';
import { FIELDS } from './junk.ts';
import type { RawClient } from './raw-client.ts';
import { gets, posts, ROUTES } from './route-list.ts';
import { addressOf, type Things, twoTenants, type World } from './two-tenants.ts';

const MARK = 'Zorilla';
const statements = new Set<string>();
const { query } = pg.Client.prototype;

let world: World;
beforeAll(async () => {
  pg.Client.prototype.query = function heard(this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text?: string }];
    statements.add(typeof first === 'string' ? first : (first?.text ?? ''));
    return query.apply(this, args as never) as never;
  } as never;
  world = await twoTenants();
});
afterAll(async () => {
  await world.close();
  pg.Client.prototype.query = query;
});

/** Forms that are right, so that what was sent goes all the way to its statement. */
const RIGHT: Record<string, Record<string, string>> = {
  '/register': { username: MARK, email: `${MARK}@example.com`, password: PASSWORD },
  '/login': { login: MARK, password: PASSWORD, returnTo: `/${MARK}` },
  '/forgot-password': { email: `${MARK}@example.com` },
  '/bots': { name: MARK, systemPrompt: MARK, platform: 'telegram', telegramToken: '' },
  '/bots/:id': { name: MARK, systemPrompt: MARK, greeting: MARK },
  '/bots/:id/knowledge': { title: MARK, content: MARK },
  '/bots/:id/knowledge/:entryId': { title: MARK, content: MARK },
  '/bots/:id/playground': { text: MARK },
  '/bots/:id/broadcasts': { text: MARK, buttonLabel: MARK, buttonUrl: `https://${MARK}.example.com/` },
  '/bots/:id/broadcasts/preview': {
    text: MARK,
    templateName: MARK.toLowerCase(),
    templateLanguage: 'uz',
    templateParameters: MARK,
  },
  '/bots/:id/conversations/:conversationId/messages': { text: MARK },
  '/bots/:id/conversations/:conversationId/messages/:messageId/correct': { title: MARK, content: MARK, sendCorrection: '1' },
  '/account': { username: `${MARK}2`, email: `${MARK}2@example.com`, language: 'en' },
  '/account/audit/export': { q: MARK },
  '/admin/audit/export': { q: MARK },
  '/admin/upgrades/:upgradeId/refuse': { reason: MARK },
};

const heardOf = (): string[] => [...statements].filter((text) => new RegExp(MARK, 'i').test(text));

async function somebody(who: string): Promise<RawClient & { things: Things }> {
  return who === 'admin' ? world.admin() : world.owner();
}

test('pages, searches, cursors, headers and addresses', async () => {
  const [owner, admin] = [await world.owner(), await world.admin()];
  const words = [
    'q',
    'page',
    'after',
    'before',
    'title',
    'waiting',
    'plan',
    'state',
    'period',
    'from',
    'until',
    'language',
    'returnTo',
  ];
  const search = `?${words.map((name) => `${name}=${MARK}`).join('&')}&${MARK}=1`;
  const headers = { 'user-agent': MARK, referer: `http://${MARK}/`, 'accept-language': MARK, 'last-event-id': MARK };
  for (const row of gets(ROUTES)) {
    const client = row.who === 'admin' ? admin : owner;
    await client.get(addressOf(row.path, owner.things) + search, headers);
    await client.get(row.path.replace(/:\w+/g, MARK) + search, headers);
  }
  expect(statements.size).toBeGreaterThan(40);
  expect(heardOf()).toEqual([]);
});

test('forms, right and wrong', async () => {
  const before = statements.size;
  const all = Object.fromEntries(FIELDS.map((name) => [name, MARK]));
  for (const row of posts(ROUTES).filter(({ csrf }) => csrf)) {
    const client = await somebody(row.who);
    const path = addressOf(row.path, client.things);
    await client.submit(path, all);
    await client.submit(row.path.replace(/:\w+/g, MARK), all);
    const right = RIGHT[row.path];
    if (right) await client.submit(path, { ...right, ...(row.path === '/bots/:id/broadcasts' && { draft: newId() }) });
  }
  const stored = await world.sql.query(
    "SELECT (SELECT count(*) FROM bots WHERE name = 'Zorilla')::int AS bots, (SELECT count(*) FROM knowledge_entries WHERE title = 'Zorilla')::int AS entries",
  );
  statements.delete([...statements].find((text) => text.startsWith('SELECT (SELECT count(*) FROM bots WHERE name =')) ?? '');

  expect(stored.rows[0]).toMatchObject({ bots: expect.any(Number), entries: 3 });
  expect(statements.size).toBeGreaterThan(before);
  expect(heardOf()).toEqual([]);
});
