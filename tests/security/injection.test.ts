// S31, S32, S33, S38, S60: what people, customers and models write is text on every page, in every language, and in mails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotices } from '../../src/features/notices/notices.service.ts';
import { createViews } from '../../src/platform/views.ts';
import { addMessage, type SeededMessage } from '../support/factories.ts';
import { dangersIn, tagsOf } from './page-tags.ts';
import type { RawClient } from './raw-client.ts';
import { nameOf, ROUTES } from './route-list.ts';
import { addressOf, type Things, twoTenants, type World } from './two-tenants.ts';

/** Breaks out of text, of attributes, of scripts; speaks every template language there is around here. */
const HOSTILE = `</p></title></textarea><script>alert(1)</script>"'><img src=x onerror=alert(2)> onmouseover=x {{1234*5678}}{% raw %}$t(common.home)$t(nav.login, {"a": 1}){{username}}\${1234*5678} javascript:alert(3) &lt;b&gt;`;
const LANGUAGES = ['en', 'ru', 'uz'];

let world: World;
let owner: RawClient & { things: Things };
let admin: RawClient & { things: Things };
beforeAll(async () => {
  world = await twoTenants();
  [owner, admin] = [await world.owner(), await world.admin()];
  await poison(owner.things);
});
afterAll(() => world.close());

/** Writes the hostile text wherever somebody but us chooses the words. */
async function poison({ tenantId, userId, bot, entryId, draftId, connectionId, conversationId }: Things): Promise<void> {
  const write = (text: string, ...ids: string[]) => world.sql.query(text, [HOSTILE, ...ids]);
  await write('UPDATE tenants SET name = $1 WHERE id = $2', tenantId);
  await write('UPDATE users SET username = $1, email = $1 WHERE id = $2', userId);
  await write('UPDATE bots SET name = $1, system_prompt = $1, greeting = $1 WHERE tenant_id = $2', tenantId);
  await write('UPDATE knowledge_entries SET title = $1, content = $1 WHERE id = $2', entryId);
  await write('UPDATE import_drafts SET title = $1, content = $1 WHERE id = $2', draftId);
  await write(
    "UPDATE connections SET display_name = $1, username = $1, secret_last4 = $1, state = 'FAILED', failure_reason = $1 WHERE id = $2",
    connectionId,
  );
  await write('UPDATE customers SET first_name = $1, last_name = $1, username = $1 WHERE connection_id = $2', connectionId);
  await write(
    "UPDATE conversations SET needs_person_at = now(), needs_person_why = 'asked', language = $1 WHERE id = $2",
    conversationId,
  );
  await write(
    'UPDATE broadcasts SET text = $1, button_label = $1, button_url = $1, state_reason = $1 WHERE tenant_id = $2',
    tenantId,
  );
  await write('UPDATE upgrade_requests SET note = $1 WHERE tenant_id = $2', tenantId);
  await write(
    "INSERT INTO audit_lines (tenant_id, actor_kind, action, target_type, target_id, details, ip) VALUES ($2, 'owner', $1, $1, $1, jsonb_build_object($1::text, $1::text), $1)",
    tenantId,
  );
  await write('UPDATE sessions SET user_agent = $1, ip = $1 WHERE user_id = $2', userId);
  const sources = [{ id: `"><script>alert(4)</script>`, title: HOSTILE }];
  const add = (message: Partial<SeededMessage>): Promise<number> =>
    addMessage(world.site, { tenantId, conversationId }, { direction: 'out', text: HOSTILE, ...message });
  const replyTo = await add({ direction: 'in' });
  await add({ mode: 'ai', sources, replyTo });
  await add({ mode: HOSTILE, reason: HOSTILE });
  await add({ direction: 'in', kind: HOSTILE, status: 'received' });
  // The playground's own, with the title of a poisoned entry as its source.
  await owner.submit(`/bots/${bot}/playground`, { text: HOSTILE });
}

const pagesFor = (...of: string[]) =>
  ROUTES.filter(({ method, who, path }) => method === 'GET' && of.includes(who) && !/status|events|assets|receipt/.test(path));
const named = (rows: typeof ROUTES) => rows.map((row) => [nameOf(row), row] as const);

describe.each(LANGUAGES)('in %s', (language) => {
  beforeAll(() =>
    world.sql.query('UPDATE users SET language = $2 WHERE id = ANY($1)', [[owner.things.userId, admin.things.userId], language]),
  );

  test.each(named(pagesFor('anyone', 'member', 'owner')))('%s shows it as text', async (_name, { path }) => {
    const { text } = await owner.get(addressOf(path, owner.things));
    expect(dangersIn(text, { allowed: [/^https:\/\/t\.me\//] })).toEqual([]);
    expect(text).not.toContain('7006652');
  });

  // Whoever writes it is a stranger to the admin, and the admin has the keys to everything.
  test.each(named(pagesFor('admin')))('%s shows it to an admin as text', async (_name, { path }) => {
    const { status, text } = await admin.get(addressOf(path, owner.things));
    expect(status).toBe(200);
    expect(dangersIn(text, { allowed: [/^https:\/\/t\.me\//] })).toEqual([]);
    expect(text).not.toContain('7006652');
  });
});

test.each([
  '/admin/users',
  '/admin/users/:id',
  '/admin/users/:id/conversations/:conversationId',
  '/admin/upgrades',
  '/admin/bots',
  '/admin/audit',
])('%s shows an admin the hostile text escaped', async (path) => {
  const { text } = await admin.get(addressOf(path, owner.things));
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test.each([
  '/bots',
  '/bots/:id',
  '/bots/:id/knowledge',
  '/bots/:id/knowledge/:entryId',
  '/bots/:id/knowledge/import/:importId',
  '/bots/:id/knowledge/import/:importId/drafts/:draftId',
  '/bots/:id/playground',
  '/bots/:id/conversations/:conversationId',
  '/bots/:id/conversations/:conversationId/messages/:messageId/correct',
  '/conversations',
  '/dashboard',
  '/account',
])('%s shows the hostile text escaped', async (path) => {
  const { text } = await owner.get(addressOf(path, owner.things));
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).toContain('{{1234*5678}}{% raw %}$t(common.home)');
});

test('input in refused forms, searches and errors is shown as text', async () => {
  const [bot, search] = [owner.things.bot, encodeURIComponent(HOSTILE)];
  const pages = [
    await owner.submit('/bots', { name: HOSTILE, systemPrompt: '', platform: 'telegram', telegramToken: HOSTILE }),
    await owner.submit(`/bots/${bot}`, { name: HOSTILE, systemPrompt: '', greeting: HOSTILE }),
    await owner.submit(`/bots/${bot}/knowledge`, { title: HOSTILE, content: '' }),
    await owner.submit('/account', { username: HOSTILE, email: HOSTILE, language: 'en' }),
    await world.visitor().submit('/register', { username: HOSTILE, email: HOSTILE, password: 'x' }),
    await world.visitor().submit('/login', { login: HOSTILE, password: 'x', returnTo: HOSTILE }),
    await owner.get(`/bots/${bot}/knowledge?q=${search}&title=${search}&page=${search}`),
    await owner.get(`/conversations?q=${search}&waiting=${search}&after=${search}`),
    await owner.get(`/bots/${bot}/conversations/${owner.things.conversationId}?before=${search}`),
    await world.visitor().get(`/login?returnTo=${search}`),
    await world.visitor().get(`/${search}`),
    await owner.get(`/bots/${search}`),
  ];
  for (const { status, text } of pages) {
    expect(status).toBeLessThan(500);
    expect(dangersIn(text, { allowed: [/^https:\/\/t\.me\//] })).toEqual([]);
  }
});

test('a notice on the next page shows the name as typed', async () => {
  const done = await owner.submit('/bots', {
    name: '{{1234*5678}}$t(nav.login)<bdo>"',
    systemPrompt: 'Kind.',
    platform: 'telegram',
  });
  const { text } = await owner.get(done.headers.location as string);
  expect(text).toContain('{{1234*5678}}$t(nav.login)&lt;bdo&gt;&quot;');
  expect(tagsOf(text).filter(({ name }) => name === 'bdo')).toEqual([]);
});

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'JaVaScRiPt:x',
  'data:text/html,x',
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  '\t/x',
  '',
  null,
  { a: 1 },
])('a link to %j is inactive', (address) => {
  const html = createViews().renderString('<a href="{{ url(address) }}">x</a>', { address });
  expect(html).toBe('<a href="#">x</a>');
});

test('names of customers and bots add no lines and no sentences to a mail', async () => {
  const mails: { subject: string; text: string }[] = [];
  const free = { consume: async () => {}, forgive: async () => {}, reward: async () => {} };
  const notices = createNotices({
    notices: { owners: async () => [{ email: 'o@example.com', username: 'Aziz', language: 'en', tenantName: 'Non' }] } as never,
    i18n: world.site.container.i18n,
    sendMail: async (mail) => void mails.push(mail),
    desks: { usersWithDesk: async () => [], tell: async () => {} },
    perSubject: free,
    perTenant: free,
    origin: 'https://bots.example',
  });
  const customerName = 'Eve\r\n\r\nPay at https://evil.example {{link}} $t(mail.reset.subject)';
  await notices.needsPerson({ tenantId: '1', botName: 'A\r\nBcc: x@y.z{{username}}', conversationId: '2', customerName });
  expect(mails[0]?.subject).not.toMatch(/[\r\n]/);
  expect(mails[0]?.text).not.toMatch(/^Pay at/m);
  expect(mails[0]?.text).toContain('{{link}} $t(mail. reset. subject)');
  // S76: nor a link.
  expect(mails[0]?.text).toContain('https: //evil. example');
});
