import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner, seedConnection, seedConversation, seedMessage } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function inEnglish() {
  const owner = await newOwner(site);
  await postForm(owner.agent, '/language', { language: 'en', returnTo: '/dashboard' }, '/dashboard');
  return owner;
}

const doneSteps = (html: string): number => (html.match(/<li class="is-done">/g) ?? []).length;

test('nobody signed in is sent to the login page', async () => {
  expect((await site.agent().get('/dashboard')).headers['location']).toBe('/login?returnTo=%2Fdashboard');
});

test('a new owner finds the first steps, which tick themselves and then go', async () => {
  const { agent, tenantId } = await inEnglish();
  const steps = async (): Promise<number> => doneSteps((await agent.get('/dashboard')).text);
  expect(await steps()).toBe(0);

  const botId = idOf(await makeBot(agent));
  expect(await steps()).toBe(1);
  await site.sql.query(
    "INSERT INTO knowledge_entries (id, tenant_id, bot_id, title, content) VALUES (gen_random_uuid(), $1, $2, 'Hours', '9 to 6')",
    [tenantId, botId],
  );
  expect(await steps()).toBe(2);
  await seedConversation(site, { tenantId, botId, connectionId: null });
  expect(await steps()).toBe(3);
  const connectionId = await seedConnection(site, tenantId, botId);
  expect(await steps()).toBe(4);

  const conversation = await seedConversation(site, { tenantId, botId, connectionId });
  await site.sql.query('UPDATE connections SET first_message_at = now() WHERE id = $1', [connectionId]);
  await seedMessage(site, tenantId, conversation, { direction: 'out', text: 'Yes', mode: 'ai' });
  expect((await agent.get('/dashboard')).text).not.toContain('First steps');
});

test('what needs the owner comes first: a failing channel with its remedy, those who wait, those left without an answer', async () => {
  const { agent, tenantId } = await inEnglish();
  const path = await makeBot(agent);
  const connectionId = await seedConnection(site, tenantId, idOf(path));
  const place = { tenantId, botId: idOf(path), connectionId };
  expect((await agent.get('/dashboard')).text).toContain('Nobody is waiting');

  await site.sql.query("UPDATE connections SET state = 'FAILED', failure_reason = 'polled_elsewhere' WHERE id = $1", [
    connectionId,
  ]);
  await seedConversation(site, place, { firstName: 'Asker', why: 'asked' });
  const stuck = await seedConversation(site, place, { firstName: 'Stuck' });
  const fresh = await seedConversation(site, place, { firstName: 'Fresh' });
  const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
  await seedMessage(site, tenantId, stuck, { direction: 'in', text: 'Hello?', status: 'received', at: minutesAgo(6) });
  await seedMessage(site, tenantId, fresh, { direction: 'in', text: 'Hi', status: 'received', at: minutesAgo(1) });

  const { text } = await agent.get('/dashboard');
  expect(text).toContain('Another program is receiving');
  expect(text).toContain('Stop the other program');
  expect(text).toContain('Asker');
  expect(text).toContain('Stuck');
  expect(text).not.toContain('Fresh');
});

test('today is the business’s own day, and the playground is no conversation', async () => {
  const { agent, tenantId } = await inEnglish();
  const botId = idOf(await makeBot(agent));
  const place = { tenantId, botId, connectionId: await seedConnection(site, tenantId, botId) };
  const { dashboard } = site.container.features.dashboard.api;
  await seedConversation(site, place, { at: new Date('2026-11-21T18:59:00Z') });
  await seedConversation(site, place, { at: new Date('2026-11-21T19:01:00Z') });
  await seedConversation(site, { ...place, connectionId: null }, { at: new Date('2026-11-21T19:02:00Z') });

  const now = new Date('2026-11-22T10:00:00Z');
  expect((await dashboard.numbers(tenantId, now, 'Asia/Tashkent')).conversationsToday).toBe(1);
  expect((await dashboard.numbers(tenantId, now, 'UTC')).conversationsToday).toBe(0);
});

test("nothing of another tenant's is on it", async () => {
  const mine = await inEnglish();
  const botId = idOf(await makeBot(mine.agent, { name: 'Private bot' }));
  const place = { tenantId: mine.tenantId, botId, connectionId: await seedConnection(site, mine.tenantId, botId) };
  await seedConversation(site, place, { firstName: 'Private person', why: 'asked' });

  const { text } = await (await inEnglish()).agent.get('/dashboard');
  expect(text).not.toContain('Private');
  expect(text).not.toContain('class="count"');
});

test('without an AI owners read that answers come from knowledge alone, and admins what to set', async () => {
  const { agent, email } = await inEnglish();
  const shown = async (): Promise<boolean[]> => {
    const { text } = await agent.get('/dashboard');
    return [text.includes('from the knowledge alone'), text.includes('GEMINI_API_KEY')];
  };
  expect(await shown()).toEqual([true, false]);
  await site.sql.query('UPDATE users SET is_admin = true WHERE email = $1', [email]);
  expect(await shown()).toEqual([true, true]);
});
