import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newOwner, newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** An owner who reads English, with a customer's conversation on `platform`. */
async function conversation(platform: 'telegram' | 'instagram' | 'whatsapp') {
  const { agent, bot, ...shop } = await newShop(site, { connection: { platform } });
  const chat = await below(shop).withCustomer().in(site);
  return { agent, chat, tenantId: shop.tenantId, id: chat.conversationId, path: `${bot}/conversations/${chat.conversationId}` };
}

const silence = (id: string, minutes: number) =>
  site.sql.query("UPDATE conversations SET silenced_until = now() + $2 * interval '1 minute' WHERE id = $1", [id, minutes]);
const isSilent = async (id: string): Promise<boolean> =>
  (await site.sql.query('SELECT 1 FROM conversations WHERE id = $1 AND silenced_until > now()', [id])).rowCount === 1;
const HOUR_MS = 3_600_000;

test('a reply in the platform’s app silences the bot until the shown time or until somebody ends it', async () => {
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

test('a conversation that is marked as done is the bot’s again', async () => {
  const { agent, id, path } = await conversation('telegram');
  await silence(id, 60);
  expect((await postForm(agent, `${path}/resolve`, {}, path)).status).toBe(303);
  expect(await isSilent(id)).toBe(false);
  const { rows } = await site.sql.query('SELECT done_at IS NOT NULL AS done FROM conversations WHERE id = $1', [id]);
  expect(rows).toEqual([{ done: true }]);
});

test.each([
  ['', 60],
  ['hour', 60],
  ['four', 240],
  ['day', 1_440],
  ['open', 525_600],
])('taken over with the pause %j the bot is silent for %i minutes, even if it was silent for longer', async (pause, minutes) => {
  const { agent, id, path } = await conversation('telegram');
  await silence(id, 600_000);
  expect((await postForm(agent, `${path}/take-over`, pause ? { pause } : {}, path)).status).toBe(303);
  const { rows } = await site.sql.query<{ minutes: number }>(
    'SELECT extract(epoch FROM silenced_until - now())::int / 60 AS minutes FROM conversations WHERE id = $1',
    [id],
  );
  expect(minutes - Number(rows[0]?.minutes)).toBeLessThanOrEqual(2);
});

test('a reply does not shorten a longer pause, and an unknown pause is refused', async () => {
  const { agent, id, path } = await conversation('telegram');
  await postForm(agent, `${path}/take-over`, { pause: 'open' }, path);
  expect((await agent.get(path)).text).toContain('the bot is silent until you hand it back');
  await postForm(agent, `${path}/messages`, { text: 'We will call you' }, path);
  expect((await agent.get(path)).text).toContain('the bot is silent until you hand it back');
  expect((await postForm(agent, `${path}/take-over`, { pause: 'forever' }, path)).status).toBe(422);
  expect(await isSilent(id)).toBe(true);
});

test("ending the silence in another tenant's conversation is 404", async () => {
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
  const { agent, chat, path } = await conversation(platform);
  const at = new Date(Date.now() - hours * HOUR_MS);
  await addMessage(site, chat, { direction: 'in', text: 'Hi', at });
  expect((await agent.get(path)).text).toContain(words);
});

test('Telegram has no reply window', async () => {
  const { agent, chat, path } = await conversation('telegram');
  await addMessage(site, chat, { direction: 'in', text: 'Hi', at: new Date(Date.now() - 25 * HOUR_MS) });
  expect((await agent.get(path)).text).not.toMatch(/free replies/);
});

test('an answer shows its delivery: delivered, read, or the failure with its remedy', async () => {
  const { agent, chat, path } = await conversation('whatsapp');
  for (const status of ['delivered', 'read']) await addMessage(site, chat, { direction: 'out', text: 'A', status, mode: 'ai' });
  await addMessage(site, chat, { direction: 'out', text: 'B', status: 'failed', mode: 'ai', reason: 'window_closed' });
  await addMessage(site, chat, { direction: 'out', text: 'C', mode: 'person' });
  const { text } = await agent.get(path);
  expect(text).toMatch(/<\/svg> delivered<\/span>/);
  expect(text).toMatch(/<\/svg> read<\/span>/);
  expect(text).toContain(
    'does not allow a reply this long after the customer&#39;s last message. Wait until the customer writes again',
  );
  expect(text).toContain('<span>a person</span>');
});
