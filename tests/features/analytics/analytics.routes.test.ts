import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const DAY_MS = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY_MS);
const TASHKENT = { timeZone: 'Asia/Tashkent' };

/** An owner with a bot on a channel; `talk` is a question with its answer. */
async function business() {
  const { agent, bot, email: _email, ...shop } = await newShop(site);
  const { tenantId, botId } = shop;
  const customer = async (at = new Date()): Promise<string> => {
    const { conversationId: id } = await below(shop).withCustomer({ at }).in(site);
    await site.sql.query("UPDATE conversations SET created_at = $2, language = 'uz' WHERE id = $1", [id, at]);
    return id;
  };
  const talk = async (
    conversationId: string,
    text: string,
    { at = new Date(), mode = 'ai', reason, tookMs = 1_000 }: { at?: Date; mode?: string; reason?: string; tookMs?: number } = {},
  ) => {
    const place = { ...shop, conversationId };
    const replyTo = await addMessage(site, place, { direction: 'in', text, at });
    const reply = { direction: 'out', text: 'Reply', mode, replyTo, at, ...(reason && { reason }) } as const;
    await site.sql.query('UPDATE messages SET took_ms = $2 WHERE id = $1', [await addMessage(site, place, reply), tookMs]);
  };
  const look = (period = '7', now = new Date(), zone = TASHKENT) =>
    site.container.features.analytics.api.analytics.look({ tenant: { id: tenantId, ...zone }, botId }, period, now);
  return { agent, tenantId, botId, page: `${bot}/analytics`, customer, talk, look };
}

const exported = async (agent: Agent, page: string, table: string) => {
  const response = await agent
    .post(`${page}/export`)
    .type('form')
    .send({ table, period: '7', _csrf: csrfOf((await agent.get(page)).text) });
  return response;
};

test('a bot without messages explains the page, and an unknown period does no harm', async () => {
  const { agent, page } = await business();
  expect((await agent.get(page)).text).toContain('No messages in this time');
  for (const period of ['0', '9999-99', 'x', '1999-01', '']) {
    expect((await agent.get(`${page}?period=${period}`)).status).toBe(200);
  }
});

test('messages, customers, answers and times are counted live', async () => {
  const { agent, page, customer, talk, look } = await business();
  const [first, second] = [await customer(), await customer(ago(30))];
  await talk(first, 'One', { tookMs: 500 });
  await talk(first, 'Two', { mode: 'knowledge', tookMs: 500 });
  await talk(second, 'Three', { mode: 'fallback', reason: 'no_knowledge', tookMs: 10_000 });
  await site.sql.query('UPDATE conversations SET last_message_at = now() WHERE id = $1', [second]);

  const { totals, active, tables, busiest } = await look();
  expect(totals).toMatchObject({ received: 3, answers: 3, newCustomers: 1, closedPercent: 66, questions: 3 });
  expect(active).toBe(2);
  expect(totals.medianMs).toBeGreaterThan(470);
  expect(totals.medianMs).toBeLessThan(530);
  expect(totals.p95Ms).toBeGreaterThan(9_500);
  expect(totals.p95Ms).toBeLessThan(10_500);
  expect(tables.messages.rows).toHaveLength(7);
  expect(tables.messages.rows[0]?.values).toEqual([3, 3]);
  expect(tables.modes.rows.map(({ label, values }) => [label, ...values]).toSorted()).toEqual([
    ['ai', 1],
    ['fallback', 1],
    ['knowledge', 1],
  ]);
  expect(tables.languages.rows).toEqual([{ label: 'uz', values: [3] }]);
  expect(busiest.count).toBe(3);
  expect((await agent.get(page)).text).toContain('Questions without an answer');
});

test('a question counts as closed only when it was answered in full, and each outcome is told, live and counted', async () => {
  const { tenantId, customer, talk, look } = await business();
  await site.sql.query("UPDATE tenants SET created_at = now() - interval '70 days', time_zone = 'Asia/Dushanbe' WHERE id = $1", [
    tenantId,
  ]);
  // A zone of its own: the days of a zone are counted once for all its businesses.
  const lookThere = () => look('30', new Date(), { timeZone: 'Asia/Dushanbe' });
  const chat = await customer(ago(40));
  const at = ago(2);
  for (const text of ['one', 'partial', 'unknown', 'wants_person', 'small_talk', 'clarify']) await talk(chat, text, { at });
  await site.sql.query(
    `UPDATE messages r SET ai_status = q.text, reason = CASE WHEN q.text IN ('unknown', 'wants_person') THEN 'no_knowledge' END
     FROM messages q WHERE q.id = r.reply_to_id AND q.text <> 'one' AND r.tenant_id = $1`,
    [tenantId],
  );
  await talk(chat, 'two', { mode: 'knowledge', reason: 'no_key', at });
  await talk(chat, 'three', { mode: 'fallback', reason: 'no_knowledge', at });
  await talk(chat, 'salom', { mode: 'fallback', at });
  for (const text of ['/human', '/help']) await talk(chat, text, { mode: 'fixed', at });
  await site.sql.query(
    `INSERT INTO attention (tenant_id, bot_id, conversation_id, message_id, kind, question)
     SELECT m.tenant_id, c.bot_id, c.id, m.id, 'asked', '' FROM messages m JOIN conversations c ON c.id = m.conversation_id
     WHERE m.tenant_id = $1 AND m.text = '/human'`,
    [tenantId],
  );
  await talk(chat, 'to a person', { mode: 'person', at });
  const before = await lookThere();
  expect(before.totals).toMatchObject({ questions: 7, closedPercent: 28 });
  expect(Object.fromEntries(before.tables.outcomes.rows.map(({ label, values }) => [label, values[0]]))).toEqual({
    ...{ answered: 1, knowledge: 1, partly: 1, unknown: 2, handed: 2, person: 1 },
  });
  await site.container.features.analytics.api.botDays.rollUpAcrossTenants(new Date());
  expect((await lookThere()).totals).toEqual(before.totals);
});

test('past days are counted once and stay the same after deletions; today is live', async () => {
  const { tenantId, customer, talk, look } = await business();
  await site.sql.query("UPDATE tenants SET created_at = now() - interval '70 days' WHERE id = $1", [tenantId]);
  const chat = await customer(ago(40));
  for (const days of [0, 2, 3, 3]) await talk(chat, 'Hello', { at: ago(days) });
  const before = await look('30');

  await site.container.features.analytics.api.botDays.rollUpAcrossTenants(new Date());
  expect((await look('30')).tables).toEqual(before.tables);
  await site.container.features.analytics.api.botDays.rollUpAcrossTenants(new Date());
  expect((await look('30')).totals).toEqual(before.totals);

  await talk(chat, 'And today');
  await site.sql.query("DELETE FROM messages WHERE tenant_id = $1 AND created_at < now() - interval '1 day'", [tenantId]);
  expect((await look('30')).totals).toMatchObject({ received: 5, answers: 5 });
});

test('a past month counts each customer once', async () => {
  const { tenantId, customer, talk, look } = await business();
  const now = new Date('2025-03-10T07:00:00Z');
  await site.sql.query("UPDATE tenants SET time_zone = 'Asia/Samarkand', created_at = '2025-01-20' WHERE id = $1", [tenantId]);
  const [first, second] = [await customer(new Date('2025-02-01T07:00:00Z')), await customer(new Date('2025-02-02T07:00:00Z'))];
  for (const day of ['01', '02', '28']) await talk(first, 'Hello', { at: new Date(`2025-02-${day}T07:00:00Z`) });
  await talk(second, 'Hello', { at: new Date('2025-02-02T07:00:00Z') });
  await site.container.features.analytics.api.botDays.rollUpAcrossTenants(now);

  const { rows } = await site.sql.query<{ active: number }>(
    `SELECT (counts->>'monthActive')::int AS active FROM bot_days WHERE tenant_id = $1 AND day = '2025-02-28'`,
    [tenantId],
  );
  expect(rows).toEqual([{ active: 2 }]);
  expect((await look('2025-02', now)).totals.newCustomers).toBe(2);
});

test('the day begins at midnight in the business’s zone', async () => {
  const { tenantId, botId, customer, talk } = await business();
  const chat = await customer();
  await talk(chat, 'Late', { at: new Date('2026-11-20T18:59:00Z') });
  await talk(chat, 'Early', { at: new Date('2026-11-20T19:01:00Z') });

  const tenant = { id: tenantId, timeZone: 'Asia/Karachi' };
  const { tables } = await site.container.features.analytics.api.analytics.look(
    { tenant, botId },
    '7',
    new Date('2026-11-21T10:00:00Z'),
  );
  expect(tables.messages.rows.slice(0, 2)).toEqual([
    { label: '2026-11-21', values: [1, 1] },
    { label: '2026-11-20', values: [1, 1] },
  ]);
});

test('an unanswered question is listed once for all spellings with a link to a new entry, until it is answered', async () => {
  const { agent, page, tenantId, botId, customer, talk, look } = await business();
  const chat = await customer();
  for (const text of ['Yetkazib berish bormi?', 'YETKAZIB BERISH BORMI', 'Етказиб бериш борми?', '<b>Parking & "gate"</b>']) {
    await talk(chat, text, { mode: 'fallback', reason: 'no_knowledge' });
  }
  await talk(chat, 'Rahmat', { mode: 'fallback', reason: 'no_key' });
  const { questions } = await look();
  expect(questions.map(({ text, times }) => [text, times])).toEqual([
    ['<b>Parking & "gate"</b>', 1],
    ['Етказиб бериш борми?', 3],
  ]);
  const { text } = await agent.get(page);
  expect(text).toContain('asked 3 times');
  expect(text).toContain(`/bots/${botId}/knowledge?title=%3Cb%3EParking%20%26%20%22gate%22%3C%2Fb%3E`);
  expect(text).not.toContain('<b>Parking');

  const entry = { title: 'Yetkazib berish', content: 'Yetkazib berish bor, Toshkent boʻylab.' };
  await postForm(agent, `/bots/${botId}/knowledge`, entry, `/bots/${botId}/knowledge`);
  expect((await look()).questions.map(({ entry: found }) => found?.title ?? null)).toEqual([null, 'Yetkazib berish']);
  expect((await agent.get(page)).text).toContain('There is an entry:');
  const { rows } = await site.sql.query('SELECT 1 FROM knowledge_entries WHERE tenant_id = $1', [tenantId]);
  expect(rows).toHaveLength(1);
});

test('every table exports as CSV without formulas, and the activity log records it', async () => {
  const { agent, page, tenantId, customer, talk } = await business();
  const chat = await customer();
  await talk(chat, '=HYPERLINK("http://evil.example")', { mode: 'fallback', reason: 'no_knowledge' });
  for (const table of ['messages', 'customers', 'outcomes', 'modes', 'times', 'hours', 'languages', 'questions']) {
    const response = await exported(agent, page, table);
    expect([table, response.status, response.headers['content-type']]).toEqual([table, 200, 'text/csv; charset=utf-8']);
    expect(response.text.split('\r\n').length).toBeGreaterThan(2);
  }
  expect((await exported(agent, page, 'questions')).text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect((await exported(agent, page, 'secrets')).status).toBe(422);
  const { rows } = await site.sql.query("SELECT 1 FROM audit_lines WHERE tenant_id = $1 AND action = 'analytics.exported'", [
    tenantId,
  ]);
  expect(rows).toHaveLength(9);
});

test("another business's bot is 404, and its numbers are not in one's own", async () => {
  const [mine, other] = [await business(), await business()];
  await mine.talk(await mine.customer(), 'Private question', { mode: 'fallback', reason: 'no_knowledge' });

  expect((await other.agent.get(mine.page)).status).toBe(404);
  expect((await other.look()).totals.received).toBe(0);
  const stolen = await site.container.features.analytics.api.analytics.look(
    { tenant: { id: other.tenantId, ...TASHKENT }, botId: mine.botId },
    '7',
    new Date(),
  );
  expect([stolen.totals.received, stolen.active, stolen.questions]).toEqual([0, 0, []]);
});
