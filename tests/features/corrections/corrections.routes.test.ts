import { afterAll, beforeAll, expect, test } from 'vitest';
import { correctionText } from '../../../src/core/correction-text.ts';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { below, type SeededMessage } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

const CONTENT = 'Bread 5 000\nCake 60 000';
const QUESTION = { direction: 'in', text: 'How much is a cake?', status: 'answered' } as const;
const ANSWER = { direction: 'out', text: 'Cake 60 000', status: 'sent', mode: 'knowledge' } as const;

/** A customer's question and the bot's wrong answer; with `entry`, it came from that. */
async function wrongAnswer({ entry = true, message = {} }: { entry?: boolean; message?: Partial<SeededMessage> } = {}) {
  const shop = await newShop(site);
  const { entryId } = await below(shop).withEntry({ title: 'Prices', content: CONTENT }).in(site);
  const chat = await below(shop).withCustomer().withMessages(QUESTION).in(site);
  const sources = entry ? [{ id: entryId, title: 'Prices' }] : [];
  const reply = { ...ANSWER, sources, replyTo: chat.messageId, ...message };
  const { messageId } = await below(chat).withMessages(reply).in(site);
  const page = `${shop.bot}/conversations/${chat.conversationId}`;
  return {
    ...shop,
    entryId,
    messageId,
    page,
    conversationId: chat.conversationId,
    path: `${page}/messages/${messageId}/correct`,
  };
}
type Wrong = Awaited<ReturnType<typeof wrongAnswer>>;

const correct = ({ agent, path }: Pick<Wrong, 'path'> & { agent: Agent }, fields: Record<string, string>) =>
  postForm(agent, path, fields, path);
const entriesOf = async ({ botId }: Wrong) =>
  (
    await site.sql.query<{ title: string; content: string }>(
      'SELECT title, content FROM knowledge_entries WHERE bot_id = $1 ORDER BY created_at, id',
      [botId],
    )
  ).rows;
const staffWrote = async ({ conversationId }: Wrong) =>
  (
    await site.sql.query<{ text: string }>(
      "SELECT text FROM messages WHERE conversation_id = $1 AND mode = 'person' ORDER BY id",
      [conversationId],
    )
  ).rows.map(({ text }) => text);

test('the entry is corrected, and the page shows what the bot answers now', async () => {
  const wrong = await wrongAnswer();
  const form = await wrong.agent.get(wrong.path);
  expect(form.text).toContain('Cake 60 000</textarea>');
  expect((await wrong.agent.get(wrong.page)).text).toContain(wrong.path);

  const done = await correct(wrong, { title: 'Prices', content: 'Bread 5 000\nCake 65 000' });
  expect([done.status, done.headers['location']]).toEqual([303, `${wrong.page}#m${wrong.messageId}`]);
  expect(await entriesOf(wrong)).toEqual([{ title: 'Prices', content: 'Bread 5 000\nCake 65 000' }]);
  const golden = await site.sql.query('SELECT question, must_contain, origin FROM golden_questions WHERE bot_id = $1', [
    wrong.botId,
  ]);
  expect(golden.rows).toEqual([{ question: 'How much is a cake?', must_contain: ['65 000'], origin: 'correction' }]);
  const { text } = await wrong.agent.get(wrong.page);
  expect(text).toContain('The bot now answers:');
  expect(text).toMatch(/<blockquote>[^<]*Cake 65 000/);
  expect(await staffWrote(wrong)).toEqual([]);
});

test('an answer of the AI is shown as the customer saw it, without the marks of the AI', async () => {
  const wrong = await wrongAnswer({ message: { mode: 'ai', text: '**Cake** 60 000' } });
  const { text } = await wrong.agent.get(wrong.path);
  expect(text).toContain('<div class="bubble__text"><b>Cake</b> 60 000</div>');

  await site.sql.query('UPDATE messages SET correction = $2 WHERE id = $1', [
    wrong.messageId,
    { entryId: wrong.entryId, answer: '**Cake** 65 000', mode: 'ai' },
  ]);
  expect((await wrong.agent.get(wrong.page)).text).toContain('<blockquote><b>Cake</b> 65 000</blockquote>');
});

test('an answer without an entry makes one, once even when the form is sent twice at a time', async () => {
  const wrong = await wrongAnswer({ entry: false, message: { mode: 'fallback', reason: 'no_knowledge' } });
  expect((await wrong.agent.get(wrong.path)).text).toContain('value="How much is a cake?"');
  const fields = { title: 'Cake', content: 'A cake is 65 000', sendCorrection: '1' };
  const all = await Promise.all([correct(wrong, fields), correct(wrong, fields)]);
  expect([...all, await correct(wrong, fields)].map(({ status }) => status)).toEqual([303, 303, 303]);

  expect(await entriesOf(wrong)).toHaveLength(2);
  expect(await staffWrote(wrong)).toEqual(['Avvalgi javobimizga aniqlik kiritamiz:\nA cake is 65 000']);
});

test('the customer gets the changed lines, the bot goes on answering, and the log says who corrected', async () => {
  const wrong = await wrongAnswer();
  const fields = { title: 'Prices', content: 'Bread 5 000\nCake 65 000', sendCorrection: 'on' };
  for (const _ of [1, 2]) expect((await correct(wrong, fields)).status).toBe(303);

  expect(await staffWrote(wrong)).toEqual(['Avvalgi javobimizga aniqlik kiritamiz:\nCake 65 000']);
  const { rows } = await site.sql.query('SELECT silenced_until FROM conversations WHERE id = $1', [wrong.conversationId]);
  expect(rows).toEqual([{ silenced_until: null }]);
  const log = await site.sql.query<{ action: string }>('SELECT DISTINCT action FROM audit_lines WHERE tenant_id = $1', [
    wrong.tenantId,
  ]);
  expect(log.rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['conversation.corrected', 'conversation.replied', 'knowledge.changed']),
  );
});

const LONG = 'a'.repeat(20_001);
test.each([
  [{ title: '', content: 'x' }, 'errors at the title'],
  [{ title: ' ', content: 'x' }, ''],
  [{ title: 'T', content: '' }, ''],
  [{ title: 'T', content: ' \n ' }, ''],
  [{ title: LONG.slice(0, 201), content: 'x' }, ''],
  [{ title: 'T', content: LONG }, ''],
  [{ title: '\u0000', content: 'x' }, ''],
  [{ title: 'T', content: LONG.slice(0, 4_001), sendCorrection: '1' }, 'too long for one message'],
  [{ title: 'T', content: 'x', sendCorrection: 'maybe' }, ''],
  [{ title: 'T', content: 'x', entryId: 'another' }, ''],
])('bad input %# is refused with the words kept, and nothing changes', async (fields, words) => {
  const wrong = await wrongAnswer();
  const refused = await correct(wrong, fields as Record<string, string>);

  expect(refused.status).toBe(422);
  expect(refused.text).toContain('error-summary');
  if (words.startsWith('too')) expect(refused.text).toContain(words);
  if (fields.content.trim()) expect(refused.text).toContain(`${fields.content.trim()}</textarea>`);
  expect(await entriesOf(wrong)).toEqual([{ title: 'Prices', content: CONTENT }]);
  expect(await staffWrote(wrong)).toEqual([]);
});

test('after the reply window nothing is sent, and the page says why', async () => {
  const wrong = await wrongAnswer();
  await site.sql.query("UPDATE connections SET platform = 'whatsapp' WHERE id = $1", [wrong.connectionId]);
  await site.sql.query("UPDATE messages SET created_at = now() - interval '2 days' WHERE conversation_id = $1", [
    wrong.conversationId,
  ]);
  expect((await wrong.agent.get(wrong.path)).text).toContain('The correction cannot be sent to the customer.');
  expect((await correct(wrong, { title: 'T', content: 'x', sendCorrection: '1' })).status).toBe(422);
  expect((await correct(wrong, { title: 'T', content: 'x' })).status).toBe(303);
});

test('a foreign answer, a customer’s message, a person’s words and no number are all the same 404', async () => {
  const [mine, theirs] = [await wrongAnswer(), await wrongAnswer()];
  const person = await wrongAnswer({ message: { mode: 'person' } });
  const paths = [
    [mine.agent, theirs.path],
    [mine.agent, `${mine.page}/messages/${theirs.messageId}/correct`],
    [mine.agent, `${theirs.page}/messages/${mine.messageId}/correct`],
    [mine.agent, `${mine.page}/messages/${mine.messageId - 1}/correct`],
    [mine.agent, `${mine.page}/messages/1e3/correct`],
    [person.agent, person.path],
  ] as const;
  for (const [agent, path] of paths) {
    expect((await agent.get(path)).status).toBe(404);
    expect((await postForm(agent, path, { title: 'T', content: 'x' })).status).toBe(404);
  }
});

test('an answer of the playground is corrected in the same way', async () => {
  const { agent, bot } = await newShop(site);
  const { text } = await agent.get(`${bot}/playground`);
  const csrf = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
  const asked = await agent
    .post(`${bot}/playground`)
    .set('accept', 'application/json')
    .type('form')
    .send({ _csrf: csrf, text: 'Narxi qancha?' });
  const { correctPath } = asked.body as { correctPath: string };
  expect((await agent.get(correctPath)).text).toContain('there is no customer');
  const done = await postForm(agent, correctPath, { title: 'Narxi', content: 'Narxi 65 000 soʻm' }, correctPath);

  expect(done.headers['location']).toMatch(new RegExp(`^${bot}/playground#m\\d+$`));
  expect((await agent.get(`${bot}/playground`)).text).toMatch(/<blockquote>[^<]*65 000/);
});

test('the text for the customer: new lines, or all of a new entry', () => {
  expect(correctionText('a\nb', 'a\n c \nb')).toBe('c');
  expect(correctionText('', 'a\n\nb')).toBe('a\nb');
  expect(correctionText('a\nb', 'b')).toBe('b');
});
