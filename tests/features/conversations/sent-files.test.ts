import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Agent, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below, type Conversation } from '../../support/factories.ts';
import { aToken, idOf, makeBot, newOwner } from '../../support/owner.ts';
import { jpeg, pdf } from '../../support/sample-files.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

const MB = 1024 * 1024;
let site: TestApp;
let telegram: TelegramEmulator;
beforeAll(async () => {
  telegram = await startTelegramEmulator();
  site = await testApp({ TELEGRAM_API_ROOT: telegram.url });
});
afterAll(async () => {
  await site.close();
  await telegram.close();
});

let account = 700_100_000;
let owner: Agent;
let tenantId: string;
let chat: Conversation;
let path: string;
beforeEach(async () => {
  const made = await newOwner(site, { language: 'en' });
  [owner, tenantId] = [made.agent, made.tenantId];
  const bot = await makeBot(owner, { telegramToken: telegram.addBot({ token: aToken(++account) }).token });
  const { rows } = await site.sql.query<{ id: string }>('SELECT id FROM connections WHERE bot_id = $1', [idOf(bot)]);
  chat = await below({ tenantId, botId: idOf(bot), connectionId: rows[0]?.id as string })
    .withCustomer()
    .in(site);
  path = `${bot}/conversations/${chat.conversationId}`;
});

const send = async (name: string, content: Buffer, fields: Record<string, string> = {}) => {
  const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec((await owner.get(path)).text) ?? [];
  const request = owner.post(`${path}/messages`).field('_csrf', token);
  for (const [field, value] of Object.entries(fields)) request.field(field, value);
  return request.attach('file', content, name);
};
const files = async (): Promise<string[]> =>
  (
    await site.sql.query<{ mime_type: string }>('SELECT mime_type FROM sent_files WHERE tenant_id = $1 ORDER BY created_at', [
      tenantId,
    ])
  ).rows.map((row) => row.mime_type);
/** A file sent so long ago, of so many bytes as far as the sum goes. */
async function sentBefore(days: number, size: number): Promise<void> {
  const messageId = await addMessage(site, chat, { direction: 'out', text: '', kind: 'document', mode: 'person' });
  await site.sql.query(
    `INSERT INTO sent_files (id, tenant_id, message_id, content, mime_type, size, created_at)
     VALUES (gen_random_uuid(), $1, $2, '', $3, $4, now() - make_interval(days => $5))`,
    [tenantId, messageId, `${days} days old`, size, days],
  );
}

test('without scripts the form sends the file, and comes back with what is wrong with one', async () => {
  const done = await send('menu.pdf', pdf(), { text: 'Menu' });
  expect([done.status, done.headers['location']]).toEqual([303, `${path}#reply`]);
  const page = (await owner.get(path)).text;
  expect(page).toMatch(/class="bubble__file" href="[^"]+\/media\/\d+"[^>]*>.*?menu\.pdf/s);

  const refused = await send('menu.docx', pdf().subarray(0, 3), { text: 'Not <this>' });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('This file is damaged');
  expect(refused.text).toContain('Not &lt;this&gt;');
});

test('a message without words and without a file is refused', async () => {
  const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec((await owner.get(path)).text) ?? [];
  const { status, text } = await owner.post(`${path}/messages`).field('_csrf', token).field('text', ' ');
  expect([status, text.includes('Write a message first.')]).toEqual([422, true]);
});

test('a page that was sent is given back as something to save, never as a page', async () => {
  await send('page.html', Buffer.from('<!doctype html><script>alert(1)</script>'));
  const { rows } = await site.sql.query<{ id: string }>(
    "SELECT id FROM messages WHERE conversation_id = $1 AND mode = 'person'",
    [chat.conversationId],
  );
  const { headers } = await owner.get(`${path}/media/${rows[0]?.id}`);
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['content-disposition']).toContain('attachment');
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
});

test('S70: files of more than a day ago make room for a new one, those of today do not', async () => {
  await sentBefore(3, 100 * MB);
  await sentBefore(2, 150 * MB);
  await sentBefore(0, 100 * MB);
  await send('hall.jpg', jpeg(), { text: 'Hall' });
  expect(await files()).toEqual(['2 days old', '0 days old', 'image/jpeg']);
  await sentBefore(0, 250 * MB);
  const refused = await send('hall2.jpg', jpeg(), { text: 'Hall' });
  expect([refused.status, refused.text.includes('very many files today')]).toEqual([422, true]);
  expect(await files()).not.toContain('2 days old');
});
