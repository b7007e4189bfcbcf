// Every form that changes something is logged; the exceptions are listed with the reason.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditAction } from '../../src/core/audit-actions.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import { PASSWORD } from '../support/app.ts';
import { appOf } from '../support/authenticator.ts';
import { addMessage, below } from '../support/factories.ts';
import { type GraphEmulator, startGraphEmulator } from '../support/graph-emulator/graph-emulator.ts';
import { aToken } from '../support/owner.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../support/telegram-emulator/telegram-emulator.ts';
import type { RawClient } from './raw-client.ts';
import { nameOf, posts, ROUTES } from './route-list.ts';
import { addressOf, type Things, twoTenants, type World } from './two-tenants.ts';

const CHANGES_NOTHING: Record<string, string> = {
  'POST /language': 'a choice of one’s own browser, or of one’s own account’s pages',
  'POST /bots/:id/playground': 'a conversation with one’s own bot',
  'POST /bots/:id/conversations/:conversationId/suggestion':
    'the bot’s words for a member’s eyes; what it costs is counted as usage',
  'POST /bots/:id/playground/reset': 'clears one’s own trial conversation',
  'POST /account/business': 'which of one’s own businesses one looks at',
  'POST /account/two-factor': 'shows a secret; the first code of it leaves the line',
  'POST /account/passkeys': 'needs a browser with a device: tests/e2e/passkeys shows its line',
  'POST /login/passkey': 'needs a browser with a device: the line is that of every sign-in',
  'POST /account/passkeys/options': 'makes a question for a browser',
  'POST /account/passkeys/challenge': 'makes a question for a browser',
  'POST /account/passkeys/confirm': 'in place of the password before an act, which has its own line',
  'POST /login/passkey/options': 'makes a question for a browser',
  'POST /account/confirm-email': 'mails a link to one’s own address; opening it leaves the line',
  'POST /bots/:id/conversations/:conversationId/seen': 'changes nothing but what is bold in one’s own list',
  'POST /bots/:id/broadcasts/preview': 'changes nothing: shows what would be sent',
  'POST /bots/:id/broadcasts/look': 'changes nothing: the preview while one writes',
  'POST /bots/:id/broadcasts/templates': 'changes nothing: reads the templates of the account',
  'POST /bots/:id/broadcasts/edit': 'changes nothing: goes back to the form',
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
  'POST /bots/:id/questions/:questionId/answer': entry,
  'POST /bots/:id/quality': { question: 'Until when?' },
  'POST /bots/:id/setup': { 'hours.sat': '9-18' },
  'POST /bots/:id/knowledge/import/:importId/again': { act: 'weekly', weekly: '1' },
  'POST /bots/:id/quality/:goldenId': { question: 'Until when?' },
  'POST /bots/:id/knowledge/:entryId/questions': { questions: 'Until when?' },
  'POST /bots/:id/knowledge/import': { text: 'Delivery\nWithin an hour.' },
  'POST /bots/:id/knowledge/import/:importId/drafts/:draftId': entry,
  'POST /bots/:id/broadcasts': { text: 'We bake on Sundays too', draft: '01890000-0000-7000-8000-000000000001' },
  'POST /bots/:id/broadcasts/:broadcastId/edit': { text: 'We bake on Mondays too', scheduledAt: '' },
  'POST /bots/:id/analytics/export': { table: 'messages', period: '7' },
  'POST /bots/:id/data': { months: '6' },
  'POST /bots/:id/conversations/:conversationId/messages': { text: 'We will call you' },
  'POST /bots/:id/conversations/:conversationId/notes': { text: 'Pays in cash' },
  'POST /bots/:id/conversations/:conversationId/fields': { name: 'Address', value: 'Chilonzor 5' },
  'POST /bots/:id/conversations/:conversationId/language': { language: 'ru' },
  'POST /conversations/labels': { name: 'Bread', colour: 'accent' },
  'POST /conversations/labels/:labelId': { name: 'Bread', colour: 'accent' },
  'POST /conversations/replies': { name: 'price', en: 'A loaf is 5,000 soʻm' },
  'POST /conversations/replies/:replyId': { name: 'price', en: 'A loaf is 5,000 soʻm' },
  'POST /bots/:id/conversations/:conversationId/messages/:messageId/correct': { title: 'Hours', content: 'From ten' },
  'POST /subscription/ceiling': { ceiling: '100 000' },
  'POST /bots/:id/conversations/:conversationId/erase': { confirm: 'yes' },
  'POST /account': { username: `cov2.${process.pid}`, email: `cov2.${process.pid}@example.com`, language: 'en' },
  'POST /account/password': { currentPassword: PASSWORD, password: 'nine green herons at dawn' },
  'POST /account/delete': { password: PASSWORD },
  'POST /account/support': { hours: '1' },
  'POST /account/team/invitations': { email: `new.${process.pid}@example.com`, role: 'operator' },
  'POST /account/team/:userId/role': { role: 'owner' },
  'POST /account/team/name': { name: 'Oltin Non' },
  'POST /account/telegram/settings': { onlyHandoffs: '1', quietFrom: '22', quietUntil: '7' },
  'POST /admin/users/:id/subscription': { subscriptionType: 'BASIC', endDate: '', maxBots: '', maxMessagesPerMonth: '' },
  'POST /admin/upgrades/:upgradeId/refuse': { reason: 'No such payment' },
};

/** The action of each form. */
const ACTIONS: Record<string, AuditAction | AuditAction[]> = {
  'POST /register': 'user.registered',
  'POST /login': 'session.started',
  'POST /login/code': 'session.started',
  'POST /account/two-factor/confirm': 'two_factor.turned_on',
  'POST /account/two-factor/codes': 'two_factor.codes_made',
  'POST /account/two-factor/off': 'two_factor.turned_off',
  'POST /account/passkeys/:passkeyId/remove': 'passkey.removed',
  'POST /logout': 'session.left',
  'POST /forgot-password': 'password.reset_requested',
  'POST /reset-password/:token': 'password.reset',
  'POST /confirm-email/:token': 'account.email_changed',
  'POST /bots': 'bot.created',
  'POST /bots/:id': 'bot.changed',
  'POST /bots/:id/start': 'bot.started',
  'POST /bots/:id/stop': 'bot.stopped',
  'POST /bots/:id/delete': 'bot.deleted',
  'POST /bots/:id/connections': 'connection.created',
  'POST /bots/:id/connections/:connectionId': 'connection.credentials_changed',
  'POST /bots/:id/connections/:connectionId/start': 'connection.started',
  'POST /bots/:id/connections/:connectionId/stop': 'connection.stopped',
  'POST /bots/:id/connections/:connectionId/subscribe': 'connection.subscribed',
  'POST /bots/:id/connections/:connectionId/delete': 'connection.deleted',
  'POST /bots/:id/setup': 'facts.changed',
  'POST /bots/:id/facts': 'facts.changed',
  'POST /bots/:id/knowledge': 'knowledge.created',
  'POST /bots/:id/knowledge/delete': 'knowledge.deleted',
  'POST /bots/:id/knowledge/restore': 'knowledge.created',
  'POST /bots/:id/knowledge/:entryId': 'knowledge.changed',
  'POST /bots/:id/knowledge/:entryId/questions': 'knowledge.changed',
  'POST /bots/:id/knowledge/:entryId/delete': 'knowledge.deleted',
  'POST /bots/:id/knowledge/import': 'import.started',
  'POST /bots/:id/knowledge/import/:importId/accept': 'knowledge.imported',
  'POST /bots/:id/knowledge/import/:importId/refuse': 'import.changed',
  'POST /bots/:id/knowledge/import/:importId/join': 'import.changed',
  'POST /bots/:id/knowledge/import/:importId/drafts/:draftId': 'import.changed',
  'POST /bots/:id/knowledge/import/:importId/cancel': 'import.cancelled',
  'POST /bots/:id/knowledge/import/:importId/again': 'import.changed',
  'POST /bots/:id/conversations/:conversationId/messages': 'conversation.replied',
  'POST /bots/:id/conversations/:conversationId/retry': 'conversation.reply_retried',
  'POST /bots/:id/conversations/:conversationId/take-over': 'conversation.taken_over',
  'POST /bots/:id/conversations/:conversationId/resolve': 'conversation.resolved',
  'POST /bots/:id/conversations/:conversationId/reopen': 'conversation.reopened',
  'POST /bots/:id/conversations/:conversationId/resume-bot': 'conversation.bot_resumed',
  'POST /bots/:id/conversations/:conversationId/notes': 'note.added',
  'POST /bots/:id/conversations/:conversationId/notes/:noteId/delete': 'note.removed',
  'POST /bots/:id/conversations/:conversationId/labels': 'conversation.labelled',
  'POST /bots/:id/conversations/:conversationId/assign': 'conversation.assigned',
  'POST /bots/:id/conversations/:conversationId/join': 'customer.joined',
  'POST /bots/:id/conversations/:conversationId/part': 'customer.parted',
  'POST /bots/:id/conversations/:conversationId/fields': 'customer.changed',
  'POST /bots/:id/conversations/:conversationId/language': 'conversation.language_set',
  'POST /bots/:id/conversations/:conversationId/opt-out': 'customer.opted_out',
  'POST /conversations/labels': 'label.created',
  'POST /conversations/labels/:labelId': 'label.changed',
  'POST /conversations/labels/:labelId/delete': 'label.deleted',
  'POST /conversations/replies': 'saved_reply.created',
  'POST /conversations/replies/:replyId': 'saved_reply.changed',
  'POST /conversations/replies/:replyId/delete': 'saved_reply.deleted',
  'POST /bots/:id/quality': 'quality.added',
  'POST /bots/:id/quality/run': 'quality.asked',
  'POST /bots/:id/quality/replay': 'quality.replayed',
  'POST /bots/:id/quality/self-test': 'quality.self_tested',
  'POST /bots/:id/quality/:goldenId': 'quality.changed',
  'POST /bots/:id/quality/:goldenId/accept': 'quality.accepted',
  'POST /bots/:id/quality/:goldenId/remove': 'quality.removed',
  'POST /bots/:id/revisions/:revisionId/restore': ['knowledge.changed', 'revision.restored'],
  'POST /bots/:id/revisions/:revisionId/undo': ['knowledge.deleted', 'revision.restored'],
  'POST /bots/:id/questions/:questionId/answer': ['knowledge.created', 'question.answered'],
  'POST /bots/:id/questions/:questionId/send': ['question.sent', 'conversation.replied'],
  'POST /bots/:id/questions/:questionId/dismiss': 'question.dismissed',
  'POST /bots/:id/broadcasts': 'broadcast.created',
  'POST /bots/:id/broadcasts/test': 'broadcast.tested',
  'POST /bots/:id/broadcasts/:broadcastId/edit': 'broadcast.edited',
  'POST /bots/:id/broadcasts/:broadcastId/pause': 'broadcast.paused',
  'POST /bots/:id/broadcasts/:broadcastId/resume': 'broadcast.resumed',
  'POST /bots/:id/broadcasts/:broadcastId/cancel': 'broadcast.cancelled',
  'POST /bots/:id/broadcasts/:broadcastId/resend': 'broadcast.resent',
  'POST /bots/:id/broadcasts/:broadcastId/report': 'broadcast.exported',
  'POST /bots/:id/analytics/export': 'analytics.exported',
  'POST /subscription/upgrade': 'upgrade.asked',
  'POST /account': 'account.changed',
  'POST /account/password': 'password.changed',
  'POST /account/sessions/end-others': 'session.others_ended',
  'POST /account/sessions/:id/end': 'session.ended',
  'POST /account/delete': 'account.deleted',
  'POST /account/export': 'tenant.exported',
  'POST /account/support': 'support.granted',
  'POST /account/team/invitations': 'team.invited',
  'POST /account/team/invitations/:invitationId/resend': 'team.invited',
  'POST /account/team/invitations/:invitationId/withdraw': 'team.invitation_withdrawn',
  'POST /account/team/:userId/role': 'team.role_changed',
  'POST /account/team/:userId/remove': 'team.removed',
  'POST /account/team/name': 'team.renamed',
  'POST /account/team/leave': 'team.left',
  'POST /invitations/:token': ['user.registered', 'team.joined'],
  'POST /account/telegram': 'desk.code_made',
  'POST /account/telegram/settings': 'desk.settings_changed',
  'POST /account/telegram/unlink': 'desk.unlinked',
  'POST /account/support/end': 'support.ended',
  'POST /account/audit/export': 'audit.exported',
  'POST /bots/:id/data': 'bot.retention_changed',
  'POST /bots/:id/conversations/:conversationId/messages/:messageId/correct': ['knowledge.created', 'conversation.corrected'],
  'POST /subscription/ceiling': 'cost_ceiling.changed',
  'POST /bots/:id/conversations/:conversationId/erase': 'customer.erased',
  'POST /admin/users/:id/subscription': 'subscription.changed',
  'POST /admin/users/:id/suspend': 'user.suspended',
  'POST /admin/users/:id/restore': 'user.restored',
  'POST /admin/users/:id/grant': 'admin.granted',
  'POST /admin/users/:id/revoke': 'admin.revoked',
  'POST /admin/users/:id/installation-values/lend': 'values.granted',
  'POST /admin/users/:id/installation-values/withdraw': 'values.withdrawn',
  'POST /admin/upgrades/:upgradeId/approve': 'upgrade.approved',
  'POST /admin/upgrades/:upgradeId/refuse': 'upgrade.refused',
  'POST /admin/audit/export': 'audit.exported',
};

let world: World;
let telegram: TelegramEmulator;
let graph: GraphEmulator;
beforeAll(async () => {
  [telegram, graph] = await Promise.all([startTelegramEmulator(), startGraphEmulator()]);
  world = await twoTenants({ TELEGRAM_API_ROOT: telegram.url, META_GRAPH_URL: graph.url });
});
afterAll(async () => {
  await world.close();
  await Promise.all([telegram.close(), graph.close()]);
});

type Owner = Awaited<ReturnType<World['owner']>>;
/** What the form is about, where it is not the owner's own thing, and what it says. */
interface Sending {
  things?: Partial<Things>;
  path?: string;
  form?: Record<string, string>;
  /** Sent with the form, so that it goes as multipart. */
  file?: Buffer;
}

let accounts = 600_000_000;
const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
const newToken = (): string => telegram.addBot({ token: aToken(++accounts) }).token;

/** Connects the bot to the emulator. */
async function connect({ submit, things }: Owner, form: Record<string, string>): Promise<string> {
  const done = await submit(`/bots/${things.bot}/connections`, form);
  if (done.status !== 303) throw new Error(`connecting answered ${done.status}: ${done.text}`);
  const { rows } = await world.sql.query<{ id: string }>(
    'SELECT id FROM connections WHERE bot_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1',
    [things.bot],
  );
  return rows[0]?.id as string;
}

/** A second customer of the bot. */
async function anotherCustomer({ tenantId, bot: botId, connectionId }: Things): Promise<string> {
  const { conversationId } = await below({ tenantId, botId, connectionId }).withCustomer().in(world.site);
  const { rows } = await world.sql.query<{ id: string }>('SELECT customer_id AS id FROM conversations WHERE id = $1', [
    conversationId,
  ]);
  return rows[0]?.id as string;
}

/** The owner’s authenticator app, which waits for its first code. */
async function newApp(owner: Owner) {
  await owner.submit('/account/two-factor', {});
  return appOf((await owner.get('/account/two-factor')).text);
}

/** Forms that need a platform, a file, a letter or something that went wrong. */
const SENDINGS: Record<string, (owner: Owner) => Sending | Promise<Sending>> = {
  'POST /bots/:id/connections': () => ({ form: { platform: 'telegram', telegramToken: newToken() } }),

  'POST /bots/:id/conversations/:conversationId/join': async ({ things }) => ({
    form: { customerId: await anotherCustomer(things) },
  }),
  'POST /bots/:id/conversations/:conversationId/reopen': async ({ things, submit }) => {
    await submit(`/bots/${things.bot}/conversations/${things.conversationId}/resolve`, {});
    return {};
  },
  'POST /bots/:id/conversations/:conversationId/opt-out': async ({ things: { conversationId } }) => {
    const { rows } = await world.sql.query<{ id: string }>('SELECT customer_id AS id FROM conversations WHERE id = $1', [
      conversationId,
    ]);
    return { form: { customerId: rows[0]?.id as string, out: '1' } };
  },
  'POST /bots/:id/conversations/:conversationId/part': async (owner) => {
    const { bot, conversationId } = owner.things;
    const customerId = await anotherCustomer(owner.things);
    await owner.submit(`/bots/${bot}/conversations/${conversationId}/join`, { customerId });
    return { form: { customerId } };
  },
  'POST /bots/:id/quality/replay': async ({ things: { tenantId, connectionId, conversationId } }) => {
    const place = { tenantId, connectionId, conversationId };
    const replyTo = await addMessage(world.site, place, { direction: 'in', text: 'Do you bake on Sundays?' });
    await addMessage(world.site, place, { direction: 'out', text: 'Yes.', mode: 'ai', replyTo });
    return { form: { systemPrompt: 'You help politely.' } };
  },
  'POST /bots/:id/conversations/:conversationId/labels': ({ things }) => ({ form: { labels: things.labelId } }),
  'POST /bots/:id/conversations/:conversationId/assign': ({ things }) => ({ form: { userId: things.userId } }),

  'POST /bots/:id/knowledge/delete': ({ things }) => ({ form: { ids: things.entryId } }),
  'POST /bots/:id/knowledge/restore': async ({ things: { tenantId, bot } }) => {
    const id = newId();
    const content = JSON.stringify({ title: 'Bread', content: 'Gone' });
    await world.site.sql.query(
      "INSERT INTO revisions (tenant_id, bot_id, subject, subject_id, content) VALUES ($1, $2, 'entry', $3, $4)",
      [tenantId, bot, id, content],
    );
    return { form: { ids: id } };
  },
  'POST /bots/:id/knowledge/import/:importId/refuse': ({ things }) => ({ form: { ids: things.draftId } }),

  'POST /bots/:id/knowledge/import/:importId/join': async ({ things: { importId } }) => {
    const { rows } = await world.sql.query<{ id: string }>('SELECT id FROM import_drafts WHERE import_id = $1', [importId]);
    return { form: { ids: rows.map(({ id }) => id).join() } };
  },

  'POST /bots/:id/connections/:connectionId': async (owner) => {
    const form = { platform: 'telegram', telegramToken: newToken() };
    return { things: { connectionId: await connect(owner, form) }, form };
  },

  'POST /bots/:id/connections/:connectionId/subscribe': async (owner) => {
    await world.sql.query("UPDATE subscriptions SET type = 'BASIC' WHERE tenant_id = $1", [owner.things.tenantId]);
    const account = graph.addInstagram({ id: String(++accounts), token: `TOKEN-${accounts}`, appSecret: `SECRET-${accounts}` });
    const { id: instagramAccountId, token: instagramAccessToken, appSecret: instagramAppSecret } = account;
    const form = { platform: 'instagram', instagramAccountId, instagramAccessToken, instagramAppSecret };
    return { things: { connectionId: await connect(owner, form) } };
  },

  'POST /bots/:id/broadcasts/test': async (owner) => {
    const connectionId = await connect(owner, { platform: 'telegram', telegramToken: newToken() });
    telegram.bot(accounts).knownChats.add(5_001);
    const testTo = newId();
    await world.sql.query(
      `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name) VALUES ($1, $2, $3, $4, '5001', 'Aziz')`,
      [testTo, owner.things.tenantId, owner.things.bot, connectionId],
    );
    return { form: { text: 'We bake on Sundays too', testTo } };
  },

  'POST /bots/:id/broadcasts/:broadcastId/resend': async ({ things: { broadcastId, connectionId } }) => {
    await world.sql.query("UPDATE broadcasts SET state = 'paused' WHERE id = $1", [broadcastId]);
    await world.sql.query(
      `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, chat_id, language, state) VALUES ($1, $2, $3, '1', 'en', 'unconfirmed')`,
      [broadcastId, connectionId, newId()],
    );
    return {};
  },

  'POST /bots/:id/conversations/:conversationId/retry': async ({
    things: { tenantId, bot: botId, connectionId, conversationId },
  }) => {
    await world.sql.query('UPDATE connections SET enabled = true WHERE bot_id = $1', [botId]);
    const failed = { direction: 'out', text: 'We will call', status: 'failed', mode: 'person' } as const;
    return { form: { messageId: String(await addMessage(world.site, { tenantId, conversationId, connectionId }, failed)) } };
  },

  ...Object.fromEntries(
    ['role', 'remove'].map((act) => [
      `POST /account/team/:userId/${act}`,
      async ({ things }: Owner) => ({ things: { userId: (await world.operatorOf(things)).things.userId } }),
    ]),
  ),

  'POST /account/passkeys/:passkeyId/remove': async ({ things: { userId } }) => {
    const { rows } = await world.sql.query<{ id: string }>(
      `INSERT INTO passkeys (id, user_id, credential_id, public_key, counter, name, last_challenge_at)
       VALUES (gen_random_uuid(), $1, gen_random_uuid(), '', 0, 'Laptop', now()) RETURNING id`,
      [userId],
    );
    return { path: `/account/passkeys/${rows[0]?.id}/remove` };
  },
  'POST /account/two-factor/confirm': async (owner) => ({ form: { code: (await newApp(owner)).code() } }),
  ...Object.fromEntries(
    ['POST /account/two-factor/codes', 'POST /account/two-factor/off', 'POST /login/code'].map((name) => [
      name,
      async (owner: Owner) => {
        const app = await newApp(owner);
        await owner.submit('/account/two-factor/confirm', { code: app.code() });
        const code = app.recovery((await owner.get('/account/two-factor')).text);
        if (name !== 'POST /login/code') return { form: { code } };
        await owner.submit('/logout', {});
        await owner.submit('/login', { login: owner.username, password: PASSWORD });
        return { form: { code } };
      },
    ]),
  ),

  'POST /account/team/leave': async ({ things }) => {
    const { things: second } = await world.operatorOf(things);
    await world.sql.query("UPDATE memberships SET role = 'owner' WHERE user_id = $1", [second.userId]);
    return {};
  },

  'POST /invitations/:token': async (owner) => {
    const email = `join.${owner.username}@example.com`;
    await owner.submit('/account/team/invitations', { email, role: 'operator' });
    const letter = (await world.site.mails()).findLast(({ to }) => to === email);
    return { path: /\/invitations\/\S+/.exec(letter?.text ?? '')?.[0] ?? '', form: { password: PASSWORD } };
  },

  'POST /subscription/upgrade': async ({ things: { tenantId } }) => {
    await world.sql.query('DELETE FROM upgrade_requests WHERE tenant_id = $1', [tenantId]);
    return { form: { plan: 'BASIC', months: '3', note: '' }, file: PNG };
  },

  'POST /reset-password/:token': async ({ username }) => {
    await world.visitor().submit('/forgot-password', { email: `${username}@example.com` });
    const letter = (await world.site.mails()).findLast(({ to }) => to === `${username}@example.com`);
    const path = /\/reset-password\/\S+/.exec(letter?.text ?? '')?.[0];
    if (!path) throw new Error('no letter has a link');
    return { path, form: { password: 'nine green herons at dawn' } };
  },

  'POST /confirm-email/:token': async (owner) => {
    const email = `moved.${owner.username}@example.com`;
    await owner.submit('/account', { username: owner.username, email, language: 'en' });
    const letter = (await world.site.mails()).findLast(({ to }) => to === email);
    return { path: /\/confirm-email\/\S+/.exec(letter?.text ?? '')?.[0] ?? '', form: {} };
  },
};

/** What a form changes has to be there first. */
async function prepare(name: string, { userId, broadcastId, bot: botId }: Things): Promise<void> {
  const run = (text: string, value: string) => world.sql.query(text, [value]);
  if (name.endsWith('/pause')) await run("UPDATE broadcasts SET state = 'sending' WHERE id = $1", broadcastId);
  if (name.endsWith('/resume')) await run("UPDATE broadcasts SET state = 'paused' WHERE id = $1", broadcastId);
  if (name.endsWith('/report')) await run("UPDATE broadcasts SET state = 'finished' WHERE id = $1", broadcastId);
  if (name.endsWith('users/:id/restore')) await run('UPDATE users SET suspended_at = now() WHERE id = $1', userId);
  if (name.endsWith('/revoke')) await run('UPDATE users SET is_admin = true WHERE id = $1', userId);
  if (name.endsWith('/messages')) await run('UPDATE connections SET enabled = true WHERE bot_id = $1', botId);
  if (name.endsWith('/:broadcastId/edit'))
    await run("UPDATE broadcasts SET state = 'scheduled', scheduled_at = now() + interval '1 day' WHERE id = $1", broadcastId);
  if (name.endsWith('/start')) await run('UPDATE connections SET enabled = false WHERE bot_id = $1', botId);
  if (name.startsWith('POST /account/telegram/'))
    await run(
      `INSERT INTO desk_links (id, tenant_id, user_id, connection_id, account_id, chat_id, name)
       SELECT gen_random_uuid(), m.tenant_id, m.user_id, c.id, c.account_id, '1', 'Aziz'
       FROM memberships m JOIN connections c ON c.tenant_id = m.tenant_id WHERE m.user_id = $1 LIMIT 1`,
      userId,
    );
  if (name === 'POST /account/telegram')
    await run("UPDATE connections SET state = 'ACTIVE', enabled = true WHERE bot_id = $1", botId);
  if (name === 'POST /bots/:id/broadcasts') await run('DELETE FROM broadcasts WHERE bot_id = $1', botId);
}

/** The last line's number, and the actions of those after `since`. */
async function linesAfter(since: string): Promise<{ last: string; actions: string[] }> {
  const { rows } = await world.sql.query<{ id: string; action: string }>(
    'SELECT a.id::text, action FROM audit_lines a WHERE a.id > $1::bigint ORDER BY a.id',
    [since],
  );
  return { last: rows.at(-1)?.id ?? since, actions: rows.map(({ action }) => action) };
}

async function multipart(client: RawClient, path: string, form: Record<string, string>, file: Buffer) {
  const field = (head: string): string => `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n`;
  const fields = Object.entries({ _csrf: await client.token(), ...form }).map(
    ([name, value]) => `${field(`name="${name}"`)}${value}\r\n`,
  );
  const head = fields.join('') + field('name="receipt"; filename="receipt.png"');
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from('\r\n--x--\r\n')]);
  return client.send('POST', path, { body, type: 'multipart/form-data; boundary=x' });
}

const rows = posts(ROUTES).filter((row) => row.csrf && !(nameOf(row) in CHANGES_NOTHING));
test.each(rows.map((row) => [nameOf(row), row.path, row.who] as const))('%s leaves its line', async (name, path, who) => {
  const owner = await world.owner();
  const visitor = /^\/(register|login(?!\/code)|forgot|reset|confirm|invitations)/.test(path);
  const doer: RawClient = who === 'admin' ? await world.admin() : visitor ? world.visitor() : owner;
  const forms: Record<string, Record<string, string>> = {
    ...FORMS,
    'POST /login': { login: owner.username, password: PASSWORD },
    'POST /forgot-password': { email: `${owner.username}@example.com` },
  };
  await prepare(name, owner.things);
  const sending = (await SENDINGS[name]?.(owner)) ?? {};
  const form = sending.form ?? forms[name] ?? {};
  const address = sending.path ?? addressOf(path, { ...owner.things, ...sending.things });
  const { last } = await linesAfter('0');
  const answer = await (sending.file ? multipart(doer, address, form, sending.file) : doer.submit(address, form));
  expect([answer.status < 400, (await linesAfter(last)).actions]).toEqual([true, [ACTIONS[name]].flat()]);
});

test('every exception is an existing route', () => {
  const names = posts(ROUTES).map(nameOf);
  expect(Object.keys(CHANGES_NOTHING).filter((name) => !names.includes(name))).toEqual([]);
});
