// Every form that changes something leaves a line in the audit trail; those that need none, or cannot be sent here, are listed
// with the reason.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import type { RawClient } from './raw-client.ts';
import { nameOf, posts, ROUTES } from './route-list.ts';
import { addressOf, type Things, twoTenants, type World } from './two-tenants.ts';

const NOT_SENT: Record<string, string> = {
  'POST /language': 'a choice of one’s own browser, or of one’s own account’s pages',
  'POST /bots/:id/playground': 'a conversation with one’s own bot',
  'POST /bots/:id/playground/reset': 'clears one’s own trial conversation',
  'POST /bots/:id/broadcasts/preview': 'changes nothing: shows what would be sent',
  'POST /bots/:id/broadcasts/look': 'changes nothing: the preview while one writes',
  'POST /bots/:id/broadcasts/edit': 'changes nothing: goes back to the form',
  'POST /bots/:id/broadcasts/test':
    'sends to a customer through a platform, which is not here; written by broadcasts.service (broadcast.tested)',
  'POST /bots/:id/broadcasts/:broadcastId/resend':
    'of one with unconfirmed recipients; written where pause and cancel are (broadcasts.service)',
  'POST /subscription/upgrade': 'takes a file; written by upgrades.service (upgrade.asked)',
  'POST /bots/:id/connections': 'asks a platform first, which is not here; written by connections.service',
  'POST /bots/:id/connections/:connectionId': 'asks a platform first, which is not here; written by connections.service',
  'POST /bots/:id/connections/:connectionId/subscribe': 'asks a platform, which is not here; written by connections.service',
  'POST /bots/:id/conversations/:conversationId/retry':
    'of a person’s message that failed; written where replies are (conversation.reply_retried)',
  'POST /reset-password/:token': 'needs the letter’s link; written by password-resets.service (password.reset)',
};

const bot = { name: 'Lola', systemPrompt: 'You help.' };
const entry = { title: 'Hours', content: 'From nine to six.' };
const visitor = { username: `cov.${process.pid}`, email: `cov.${process.pid}@example.com`, password: PASSWORD };
const FORMS: Record<string, Record<string, string>> = {
  'POST /register': visitor,
  'POST /bots': { ...bot, platform: 'telegram', telegramToken: '' },
  'POST /bots/:id': bot,
  'POST /bots/:id/knowledge': entry,
  'POST /bots/:id/knowledge/:entryId': entry,
  'POST /bots/:id/broadcasts': { text: 'We bake on Sundays too', draft: '01890000-0000-7000-8000-000000000001' },
  'POST /bots/:id/broadcasts/:broadcastId/edit': { text: 'We bake on Mondays too', scheduledAt: '' },
  'POST /bots/:id/analytics/export': { table: 'messages', period: '7' },
  'POST /bots/:id/data': { months: '6' },
  'POST /bots/:id/conversations/:conversationId/messages': { text: 'We will call you' },
  'POST /bots/:id/conversations/:conversationId/erase': { confirm: 'yes' },
  'POST /account': { username: `cov2.${process.pid}`, email: `cov2.${process.pid}@example.com`, language: 'en' },
  'POST /account/password': { currentPassword: PASSWORD, password: 'nine green herons at dawn' },
  'POST /account/delete': { password: PASSWORD },
  'POST /account/support': { hours: '1' },
  'POST /admin/users/:id/subscription': { subscriptionType: 'BASIC', endDate: '', maxBots: '', maxMessagesPerMonth: '' },
  'POST /admin/upgrades/:upgradeId/refuse': { reason: 'No such payment' },
};

let world: World;
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(() => world.close());

/** What a form changes has to be there first. */
async function prepare(name: string, { userId, broadcastId, bot: botId }: Things): Promise<void> {
  const run = (text: string, value: string) => world.sql.query(text, [value]);
  if (name.endsWith('/pause')) await run("UPDATE broadcasts SET state = 'sending' WHERE id = $1", broadcastId);
  if (name.endsWith('/resume')) await run("UPDATE broadcasts SET state = 'paused' WHERE id = $1", broadcastId);
  if (name.endsWith('/report')) await run("UPDATE broadcasts SET state = 'finished' WHERE id = $1", broadcastId);
  if (name.endsWith('/restore')) await run('UPDATE users SET suspended_at = now() WHERE id = $1', userId);
  if (name.endsWith('/revoke')) await run('UPDATE users SET is_admin = true WHERE id = $1', userId);
  if (name.endsWith('/messages')) await run('UPDATE connections SET enabled = true WHERE bot_id = $1', botId);
  if (name.endsWith('/:broadcastId/edit'))
    await run("UPDATE broadcasts SET state = 'scheduled', scheduled_at = now() + interval '1 day' WHERE id = $1", broadcastId);
  if (name.endsWith('/start')) await run('UPDATE connections SET enabled = false WHERE bot_id = $1', botId);
  if (name === 'POST /bots/:id/broadcasts') await run('DELETE FROM broadcasts WHERE bot_id = $1', botId);
}

const lines = async (): Promise<number> =>
  (await world.sql.query<{ n: number }>('SELECT count(*)::int AS n FROM audit_lines')).rows[0]?.n ?? 0;

const rows = posts(ROUTES).filter((row) => row.csrf && !(nameOf(row) in NOT_SENT));
test.each(rows.map((row) => [nameOf(row), row.path, row.who] as const))('%s leaves a line', async (name, path, who) => {
  const owner = await world.owner();
  const doer: RawClient =
    who === 'admin' ? await world.admin() : path.match(/^\/(register|login|forgot)/) ? world.visitor() : owner;
  const forms = {
    ...FORMS,
    'POST /login': { login: owner.username, password: PASSWORD },
    'POST /forgot-password': { email: `${owner.username}@example.com` },
  } as typeof FORMS;
  await prepare(name, owner.things);
  const before = await lines();
  const answer = await doer.submit(addressOf(path, owner.things), forms[name] ?? {});
  expect([answer.status, (await lines()) > before]).toEqual([answer.status < 400 ? answer.status : 303, true]);
});

test('what is not sent is a route there is', () => {
  const names = posts(ROUTES).map(nameOf);
  expect(Object.keys(NOT_SENT).filter((name) => !names.includes(name))).toEqual([]);
});
