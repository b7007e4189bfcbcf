import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner, seedConnection, seedConversation, seedMessage } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** An owner who reads English, and a customer's conversation on `platform`. */
async function conversation(platform: 'telegram' | 'instagram' | 'whatsapp') {
  const { agent, tenantId } = await newOwner(site);
  const path = await makeBot(agent);
  await postForm(agent, '/language', { language: 'en', returnTo: '/dashboard' }, path);
  const connectionId = await seedConnection(site, tenantId, idOf(path));
  await site.sql.query('UPDATE connections SET platform = $2::"Platform" WHERE id = $1', [connectionId, platform]);
  const id = await seedConversation(site, { tenantId, botId: idOf(path), connectionId });
  return { agent, tenantId, id, path: `${path}/conversations/${id}` };
}

const silence = (id: string, minutes: number) =>
  site.sql.query("UPDATE conversations SET silenced_until = now() + $2 * interval '1 minute' WHERE id = $1", [id, minutes]);
const isSilent = async (id: string): Promise<boolean> =>
  (await site.sql.query('SELECT 1 FROM conversations WHERE id = $1 AND silenced_until > now()', [id])).rowCount === 1;
const HOUR_MS = 3_600_000;

test('who answered in the app silences the bot, until the time shown or until somebody ends it', async () => {
  const { agent, tenantId, id, path } = await conversation('instagram');
  await silence(id, 60);
  expect((await agent.get(path)).text).toMatch(/A person answers here; the bot is silent until \d+ \w+ \d{4}, \d\d:\d\d\./);

  const ended = await postForm(agent, `${path}/resume-bot`, {}, path);
  expect([ended.status, ended.headers['location']]).toEqual([303, path]);
  expect(await isSilent(id)).toBe(false);
  expect((await agent.get(path)).text).not.toContain('the bot is silent until');
  const lines = await site.sql.query('SELECT action FROM audit_lines WHERE tenant_id = $1 AND target_id = $2', [tenantId, id]);
  expect(lines.rows).toEqual([{ action: 'conversation.bot_resumed' }]);

  await silence(id, -1);
  expect((await agent.get(path)).text).not.toContain('the bot is silent until');
});

test("nobody ends the silence in another tenant's conversation", async () => {
  const { id, path } = await conversation('instagram');
  await silence(id, 60);
  const { agent } = await newOwner(site);
  expect((await postForm(agent, `${path}/resume-bot`, {}, '/bots')).status).toBe(404);
  expect((await postForm(site.agent(), `${path}/resume-bot`, {}, '/login')).status).toBe(303);
  expect(await isSilent(id)).toBe(true);
});

test.each([
  ['whatsapp', 1, 'free replies until'],
  ['instagram', 25, 'The time for free replies ended on'],
] as const)('on %s, %i h after the customer wrote, the page says: %s', async (platform, hours, words) => {
  const { agent, tenantId, id, path } = await conversation(platform);
  const at = new Date(Date.now() - hours * HOUR_MS);
  await seedMessage(site, tenantId, id, { direction: 'in', text: 'Hi', at });
  expect((await agent.get(path)).text).toContain(words);
});

test('Telegram knows no such time', async () => {
  const { agent, tenantId, id, path } = await conversation('telegram');
  await seedMessage(site, tenantId, id, { direction: 'in', text: 'Hi', at: new Date(Date.now() - 25 * HOUR_MS) });
  expect((await agent.get(path)).text).not.toMatch(/free replies/);
});

test('what became of an answer stands under it: delivered, read, or why not and what to do', async () => {
  const { agent, tenantId, id, path } = await conversation('whatsapp');
  for (const status of ['delivered', 'read'])
    await seedMessage(site, tenantId, id, { direction: 'out', text: 'A', status, mode: 'ai' });
  await seedMessage(site, tenantId, id, { direction: 'out', text: 'B', status: 'failed', mode: 'ai', reason: 'window_closed' });
  await seedMessage(site, tenantId, id, { direction: 'out', text: 'C', mode: 'person' });
  const { text } = await agent.get(path);
  expect(text).toMatch(/<\/svg> delivered<\/span>/);
  expect(text).toMatch(/<\/svg> read<\/span>/);
  expect(text).toContain(
    'does not allow a reply this long after the customer&#39;s last message. Wait until the customer writes again',
  );
  expect(text).toContain('<span>a person</span>');
});
