import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addAudience } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

/** An owner whose bot has customers; `base` is its broadcasts' address. */
async function shop(customers = 3) {
  const owned = await newShop(site, { language: 'uz' });
  await addAudience(site, owned, customers);
  return { ...owned, base: `${owned.bot}/broadcasts` };
}

const broadcastsOf = async (botId: string) =>
  (
    await site.sql.query<{ id: string; text: string; state: string; scheduled_at: Date | null }>(
      'SELECT id, text, state, scheduled_at FROM broadcasts WHERE bot_id = $1 ORDER BY created_at',
      [botId],
    )
  ).rows;

test.each([
  [{ text: ' ' }, 'Write the message.'],
  [{ text: 'x'.repeat(3_001) }, 'The message is too long'],
  [{ text: 'Hi', buttonLabel: 'Menu' }, 'Enter the link the button opens.'],
  [{ text: 'Hi', buttonUrl: 'https://example.com' }, 'Write what stands on the button.'],
  [{ text: 'Hi', buttonLabel: 'Menu', buttonUrl: 'javascript:alert(1)' }, 'Enter a whole address'],
  [{ text: 'Hi', scheduledAt: 'soon' }, 'Enter a date and a time.'],
  [{ text: 'Hi', scheduledAt: '2020-01-01T10:00' }, 'This time has passed.'],
  [{ text: 'Hi', scheduledAt: '2999-01-01T10:00' }, 'Choose a time within a year.'],
  [{ text: 'Hi', channel: 'fax' }, 'class="field__error"'],
  [{ text: 'Hi', tenantId: 'x' }, 'role="alert"'],
])('%j is refused with the reason, and nothing is created', async (fields, reason) => {
  const { agent, base, botId } = await shop();
  await agent
    .post('/language')
    .type('form')
    .send({ language: 'en', _csrf: csrfOf((await agent.get(base)).text) });
  const res = await postForm(agent, base, fields as never, base);

  expect(res.status).toBe(422);
  expect(res.text).toContain(reason);
  expect(await broadcastsOf(botId)).toEqual([]);
});

test('a text creates a broadcast and leads to its page with the progress', async () => {
  const { agent, base, botId } = await shop();
  const done = await postForm(agent, base, { text: 'Fresh bread <b>' }, base);

  expect(done.status).toBe(303);
  expect(await broadcastsOf(botId)).toMatchObject([{ text: 'Fresh bread <b>', state: 'preparing' }]);
  const page = await agent.get(done.headers['location'] as string);
  expect(page.status).toBe(200);
  expect(page.text).toContain('Fresh bread &lt;b&gt;');
  expect((await agent.get(base)).text).toContain('Fresh bread &lt;b&gt;');
});

test('the preflight counts recipients and skipped customers with reasons, and creates nothing', async () => {
  const { agent, base, botId, connectionId } = await shop(5);
  await site.sql.query("UPDATE customers SET opted_out_at = now() WHERE connection_id = $1 AND platform_user_id = '1'", [
    connectionId,
  ]);
  const page = await postForm(agent, `${base}/preview`, { text: 'Hi', draft: newId() }, base);

  expect(page.status).toBe(200);
  expect(page.text).toMatch(/stat__value">4</);
  expect(page.text).toContain('Mijoz obunani bekor qilgan.');
  expect(await broadcastsOf(botId)).toEqual([]);
});

test.each([
  ['en', '3, by template: 2'],
  ['ru', '3, из них шаблоном: 2'],
  ['uz', '3, shablon bilan: 2'],
])('in %s the preflight separates template recipients from all recipients', async (language, words) => {
  const { agent, base, connectionId } = await shop(3);
  await site.sql.query("UPDATE connections SET platform = 'whatsapp' WHERE id = $1", [connectionId]);
  await site.sql.query(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status)
     SELECT tenant_id, id, connection_id, customer_id, 'in', 'text', 'Salom', 'answered' FROM conversations
     WHERE connection_id = $1 AND chat_id = '1'`,
    [connectionId],
  );
  await postForm(agent, '/language', { language, returnTo: base }, base);
  const template = { templateName: 'news', templateLanguage: 'uz' };
  const page = await postForm(agent, `${base}/preview`, { text: 'Salom', ...template }, base);

  expect(page.text.replace(/<[^>]*>/g, '')).toContain(words);
});

test('a form sent twice, reloaded or by two people at once creates one broadcast', async () => {
  const { agent, base, botId } = await shop();
  const page = await agent.get(base);
  const fields = { text: 'Only once', draft: newId(), _csrf: csrfOf(page.text) };
  const sent = await Promise.all(Array.from({ length: 6 }, () => agent.post(base).type('form').send(fields)));
  const other = await postForm(agent, base, { text: 'Only once', draft: newId() }, base);

  const places = new Set([...sent, other].map(({ headers }) => headers['location']));
  expect([...sent, other].map(({ status }) => status)).toEqual(Array(7).fill(303));
  expect(places.size).toBe(1);
  expect(await broadcastsOf(botId)).toHaveLength(1);
});

test('a form sent again with another text creates another broadcast', async () => {
  const { agent, base, botId } = await shop();
  const draft = newId();
  const first = await postForm(agent, base, { text: 'Half price today', draft }, base);
  const second = await postForm(agent, base, { text: 'Half price tomorrow', draft }, base);

  expect(second.headers['location']).not.toBe(first.headers['location']);
  expect((await broadcastsOf(botId)).map(({ text }) => text)).toEqual(['Half price today', 'Half price tomorrow']);
});

test('a time is in the business’s zone, also after a clock change', async () => {
  const { agent, base, botId, tenantId } = await shop();
  await site.sql.query("UPDATE tenants SET time_zone = 'America/New_York' WHERE id = $1", [tenantId]);
  const year = new Date().getUTCFullYear() + (new Date().getUTCMonth() >= 6 ? 1 : 0);
  const done = await postForm(agent, base, { text: 'Summer', scheduledAt: `${year}-06-15T09:00` }, base);

  expect(done.status).toBe(303);
  const [broadcast] = await broadcastsOf(botId);
  expect(broadcast?.state).toBe('scheduled');
  expect(broadcast?.scheduled_at?.toISOString()).toBe(`${year}-06-15T13:00:00.000Z`);
  expect((await agent.get(done.headers['location'] as string)).text).toContain('09:00');
});

test('cancelling a broadcast twice has one effect', async () => {
  const { agent, base, botId } = await shop();
  const { headers } = await postForm(agent, base, { text: 'Never mind' }, base);
  const own = headers['location'] as string;

  expect((await postForm(agent, `${own}/cancel`, {}, own)).status).toBe(303);
  expect((await postForm(agent, `${own}/cancel`, {}, own)).status).toBe(303);
  expect(await broadcastsOf(botId)).toMatchObject([{ state: 'cancelled' }]);
});

test("another tenant's or another bot's broadcast is 404 on every route", async () => {
  const [mine, theirs] = [await shop(), await shop()];
  const { headers } = await postForm(theirs.agent, theirs.base, { text: 'Secret' }, theirs.base);
  const id = (headers['location'] as string).split('/').at(-1);
  for (const base of [theirs.base, mine.base]) {
    expect((await mine.agent.get(`${base}/${id}`)).status).toBe(404);
    expect((await mine.agent.get(`${base}/${id}/events`)).status).toBe(404);
    for (const act of ['pause', 'resume', 'cancel', 'resend', 'report']) {
      expect((await postForm(mine.agent, `${base}/${id}/${act}`, {}, mine.base)).status).toBe(404);
    }
  }
  expect(await broadcastsOf(theirs.botId)).toMatchObject([{ state: 'preparing' }]);
});

test('a test message goes to one customer of the bot only', async () => {
  const [mine, theirs] = [await shop(), await shop()];
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM customers WHERE bot_id = $1 LIMIT 1', [theirs.botId]);
  const res = await postForm(mine.agent, `${mine.base}/test`, { text: 'Hi', testTo: rows[0]?.id as string }, mine.base);

  expect(res.status).toBe(422);
  expect(res.text).toContain('Sinov kimga yuborilishini tanlang.');
});

test('the report is CSV in which no name can run as a formula', async () => {
  const { agent, base, tenantId, botId, connectionId } = await shop(1);
  await site.sql.query('UPDATE customers SET first_name = $2 WHERE connection_id = $1', [
    connectionId,
    '=HYPERLINK("http://evil")',
  ]);
  const { headers } = await postForm(agent, base, { text: 'Hi' }, base);
  const own = headers['location'] as string;
  await site.sql.query(
    `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, chat_id, language, state, reason)
     SELECT $1, connection_id, id, platform_user_id, 'uz', 'skipped', 'opted_out' FROM customers WHERE connection_id = $2`,
    [own.split('/').at(-1), connectionId],
  );
  const report = await postForm(agent, `${own}/report`, {}, own);

  expect(report.headers['content-type']).toContain('text/csv');
  expect(report.headers['content-disposition']).toContain('attachment');
  expect(report.text).toContain(
    `"'=HYPERLINK(""http://evil"")","","telegram","Oʻtkazib yuborildi","Mijoz obunani bekor qilgan."`,
  );
  const { rows } = await site.sql.query("SELECT 1 FROM audit_lines WHERE tenant_id = $1 AND action = 'broadcast.exported'", [
    tenantId,
  ]);
  expect(rows).toHaveLength(1);
  expect(botId).toBeDefined();
});

test('an operator can view broadcasts and change nothing', async () => {
  const { agent, base, tenantId, botId } = await shop();
  const { headers } = await postForm(agent, base, { text: 'Hi' }, base);
  await site.sql.query("UPDATE memberships SET role = 'operator' WHERE tenant_id = $1", [tenantId]);
  const own = headers['location'] as string;

  expect((await agent.get(own)).status).toBe(200);
  expect((await postForm(agent, base, { text: 'Another' }, base)).status).toBe(403);
  expect((await postForm(agent, `${own}/cancel`, {}, base)).status).toBe(403);
  expect(await broadcastsOf(botId)).toHaveLength(1);
});

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

test('a photo survives the preflight, is shown to its owner only, and is sent with the broadcast', async () => {
  const [mine, theirs] = [await shop(), await shop()];
  const token = csrfOf((await mine.agent.get(mine.base)).text);
  const upload = (content: Buffer, name: string) =>
    mine.agent.post(`${mine.base}/preview`).field('_csrf', token).field('text', 'Look').attach('photo', content, name);
  const page = await upload(PNG, 'evil.html');
  const photoId = /name="photoId" value="([0-9a-f-]{36})"/.exec(page.text)?.[1] as string;
  const picture = await mine.agent.get(`${mine.base}/photos/${photoId}`);

  expect(page.status).toBe(200);
  expect(picture.headers['content-type']).toBe('image/png');
  expect(picture.headers['content-disposition']).toBe('attachment; filename=photo.png');
  expect(picture.body).toEqual(PNG);
  expect((await theirs.agent.get(`${theirs.base}/photos/${photoId}`)).status).toBe(404);
  expect((await postForm(theirs.agent, theirs.base, { text: 'Look', photoId }, theirs.base)).status).toBe(422);
  expect((await upload(Buffer.from('<script>'), 'photo.png')).status).toBe(422);
  expect((await upload(Buffer.alloc(5 * 1024 * 1024 + 1, PNG), 'photo.png')).status).toBe(422);
  expect((await postForm(mine.agent, mine.base, { text: 'Look', photoId }, mine.base)).status).toBe(303);
  const { rows } = await site.sql.query('SELECT photo_id FROM broadcasts WHERE bot_id = $1', [mine.botId]);
  expect(rows).toEqual([{ photo_id: photoId }]);
});

test('a photo’s public address shows it; a guessed one does not', async () => {
  const { tenantId, botId } = await shop();
  const photoId = (await site.container.features.broadcasts.api.photos.keep(tenantId, botId, {
    content: PNG,
    type: 'image/png',
  })) as string;
  expect((await site.agent().get(`/media/photos/${photoId}/guessed.png`)).status).toBe(404);
  expect(site.container.features.broadcasts.api.photoAddresses.of(photoId, 'image/png')).toBe(null);
});

test('a scheduled broadcast can be changed until it begins, and each change is in the activity log', async () => {
  const { agent, base, tenantId, botId } = await shop();
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const { headers } = await postForm(agent, base, { text: 'Tomorrow', scheduledAt: later }, base);
  const own = headers['location'] as string;

  expect((await agent.get(`${own}/edit`)).text).toContain('Tomorrow');
  expect((await postForm(agent, `${own}/edit`, { text: ' ', scheduledAt: later }, own)).status).toBe(422);
  expect((await postForm(agent, `${own}/edit`, { text: 'The day after', scheduledAt: later }, own)).status).toBe(303);
  expect(await broadcastsOf(botId)).toMatchObject([{ text: 'The day after', state: 'scheduled' }]);

  await site.sql.query("UPDATE broadcasts SET state = 'sending' WHERE bot_id = $1", [botId]);
  const late = await postForm(agent, `${own}/edit`, { text: 'Too late', scheduledAt: later }, own);
  expect((await agent.get(late.headers['location'] as string)).text).toContain('Yuborish boshlangan');
  expect(await broadcastsOf(botId)).toMatchObject([{ text: 'The day after', state: 'sending' }]);
  const { rows } = await site.sql.query("SELECT 1 FROM audit_lines WHERE tenant_id = $1 AND action = 'broadcast.edited'", [
    tenantId,
  ]);
  expect(rows).toHaveLength(1);
});
