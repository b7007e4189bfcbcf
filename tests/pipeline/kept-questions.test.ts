// Questions that came when the plan had no answers left, answered after a top-up.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ComposedAnswer, Composer } from '../../src/answering/answer.ts';
import { createPlanChanges } from '../../src/features/billing/plan-changes.ts';
import { createKeptRelease } from '../../src/features/billing/release-kept.ts';
import type { AnswererDeps } from '../../src/pipeline/answer-message.ts';
import { askForReplies } from '../../src/pipeline/work.ts';
import {
  claimWork,
  fakeChannel,
  messagesOf,
  pipeline,
  type Shop,
  seedShop,
  type TestWork,
  textMessage,
} from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
let kept: ReturnType<typeof createKeptRelease>;
let plans: ReturnType<typeof createPlanChanges>;

/** Without the AI nothing fits but what names bread; "hi" is small talk. */
const composer: Composer = {
  async compose({ text, aiRefusal }) {
    if (!aiRefusal) return { text: `AI: ${text}`, mode: 'ai', reason: null, sources: [] };
    if (text.includes('bread')) return { text: 'KB: bread', mode: 'knowledge', reason: aiRefusal, sources: [] };
    if (text === 'hi') return { text: 'Hello', mode: 'fallback', reason: aiRefusal, sources: [] };
    return { text: 'We will write to you soon', mode: 'fallback', reason: 'no_knowledge', sources: [] };
  },
};
const lineWith = (overrides: Partial<AnswererDeps> = {}) => pipeline(opened.database, { composer, ...overrides });

beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  await opened.database.sql.query('DELETE FROM tenants');
  shop = await seedShop(opened.database, { limit: 0 });
  line = lineWith();
  kept = createKeptRelease({ database: opened.database });
  plans = createPlanChanges({ database: opened.database, notifications: { notify: async () => {} }, kept });
});
afterAll(() => opened.close());

const sql = (text: string, values: unknown[] = []) => opened.database.sql.query<Record<string, unknown>>(text, values);
const work = async (by = line): Promise<void> => {
  const jobs = await claimWork(opened.database);
  for (const job of jobs) await by.answer(job);
};
async function ask(text: string, chat = 'a', rest = {}): Promise<void> {
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(chat, text, rest)] });
  await work();
}
const topUp = (answers = 100, now = new Date()): Promise<void> =>
  plans.change(shop.tenantId, { type: 'STARTER', endsAt: null, maxBots: 1, maxMessagesPerMonth: answers }, now);
const states = async () =>
  (await sql('SELECT state, reason FROM kept_questions ORDER BY message_id')).rows.map(({ state, reason }) => [state, reason]);
const used = async () => (await line.usage.current(shop.tenantId)).used;

test('a question that got only the fallback is held; an entry’s answer, small talk and commands are not', async () => {
  for (const text of ['do you deliver?', 'bread?', 'hi']) await ask(text);
  await ask('/help', 'a', { kind: 'command', command: 'help' });
  expect((await sql('SELECT message_ids FROM kept_questions')).rows).toHaveLength(1);
  expect(line.sent).toHaveLength(4);
});

test('a top-up has the AI answer each held question once, oldest first, charged', async () => {
  for (const text of ['first?', 'second?']) await ask(text);
  await ask('other?', 'b');
  expect(await claimWork(opened.database)).toEqual([]);
  expect(await kept.releaseAcrossTenants(new Date())).toBe(0);
  await topUp();
  await work();
  expect(line.sent.slice(3)).toEqual([
    { chatId: 'a', text: 'AI: first?' },
    { chatId: 'a', text: 'AI: second?' },
    { chatId: 'b', text: 'AI: other?' },
  ]);
  expect([await used(), await states()]).toEqual([
    3,
    [
      ['answered', null],
      ['answered', null],
      ['answered', null],
    ],
  ]);
  expect(await kept.releaseAcrossTenants(new Date())).toBe(0);
  await work();
  expect(line.sent).toHaveLength(6);
  const { rows } = await sql('SELECT needs_person_at AS waits FROM conversations');
  expect(rows).toEqual([{ waits: null }, { waits: null }]);
});

test('an answer that is ready when the bot was stopped is not sent; the question goes on waiting and costs one answer in all', async () => {
  await ask('first?');
  await topUp();
  const stopping: Composer = {
    async compose(question) {
      await sql('UPDATE connections SET enabled = false WHERE id = $1', [shop.connectionId]);
      return composer.compose(question);
    },
  };
  const slow = lineWith({ composer: stopping });
  await work(slow);
  expect(slow.sent).toEqual([]);
  expect([await used(), await states()]).toEqual([1, [['waiting', null]]]);

  await sql('UPDATE connections SET enabled = true WHERE id = $1', [shop.connectionId]);
  await kept.releaseAcrossTenants(new Date());
  await work();
  expect(line.sent.slice(1).map(({ text }) => text)).toEqual(['AI: first?']);
  expect(await used()).toBe(1);
});

test('with one answer left the oldest is answered and the next waits for a top-up', async () => {
  for (const text of ['first?', 'second?']) await ask(text);
  await topUp(1);
  await work();
  expect(line.sent.slice(2).map(({ text }) => text)).toEqual(['AI: first?']);
  expect(await kept.releaseAcrossTenants(new Date())).toBe(0);
  await topUp(2);
  await work();
  expect(line.sent.slice(3).map(({ text }) => text)).toEqual(['AI: second?']);
  expect(await used()).toBe(2);
});

test('a new month is a top-up too, and a question older than a day is answered no more', async () => {
  await sql('UPDATE subscriptions SET max_messages_per_month = 1 WHERE tenant_id = $1', [shop.tenantId]);
  await ask('charged?');
  await ask('kept?');
  const month = new Date();
  const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
  await sql('UPDATE kept_questions SET answer_until = $1', [new Date(next.getTime() + 60_000)]);
  expect(await kept.releaseAcrossTenants(new Date(next.getTime() - 1))).toBe(0);
  expect(await kept.count(shop.tenantId, next)).toBe(1);
  expect(await kept.releaseAcrossTenants(next)).toBe(1);
  await sql('DELETE FROM conversation_work');
  expect(await kept.releaseAcrossTenants(new Date(next.getTime() + 60_000))).toBe(0);
  expect(await states()).toEqual([['dropped', 'too_old']]);
});

test.each([
  ['the customer was answered since', 'answered_since', () => ask('bread?')],
  ['a person answered', 'person', () => insertOut('person')],
  ['the conversation is silenced', 'person', () => sql("UPDATE conversations SET silenced_until = now() + interval '1 hour'")],
  ['a day has passed', 'too_old', () => sql('UPDATE kept_questions SET answer_until = now()')],
])('it is dropped once %s', async (_why, reason, happen) => {
  await ask('kept?');
  const { rows } = await sql('SELECT conversation_id, connection_id, id FROM messages ORDER BY id LIMIT 1');
  const [first] = rows as { conversation_id: string; connection_id: string; id: number }[];
  const needed = {
    conversationId: first?.conversation_id ?? '',
    connectionId: first?.connection_id ?? '',
    messageId: first?.id ?? 0,
  };
  await happen();
  await topUp();
  const before = line.sent.length;
  await askForReplies(opened.database.sql, [needed]);
  await work();
  if (reason === 'person') await sql('UPDATE conversations SET silenced_until = NULL');
  await askForReplies(opened.database.sql, [needed]);
  await work();
  expect([line.sent.length, await used()]).toEqual([before, 0]);
  expect(await states()).toEqual([['dropped', reason]]);
});
const insertOut = (mode: string) =>
  sql(
    `INSERT INTO messages (tenant_id, conversation_id, connection_id, direction, kind, text, status, mode)
     SELECT tenant_id, id, connection_id, 'out', 'text', 'x', 'sent', $1 FROM conversations`,
    [mode],
  );

test('killed before its answer was saved, and again before it was sent: one answer, one charge', async () => {
  await ask('kept?');
  await topUp();
  const [job] = await claimWork(opened.database);
  const dying = lineWith({ composer: { compose: () => Promise.reject(new Error('killed')) } });
  await expect(dying.answer(job as never)).rejects.toThrow('killed');
  const channel = fakeChannel();
  channel.fails.push(new Error('killed'));
  const mute = lineWith({ channels: { telegram: channel.adapter, instagram: undefined, whatsapp: undefined } });
  await expect(mute.answer(job as never)).rejects.toThrow('killed');
  await work();
  await work();
  expect(line.sent.map(({ text }) => text)).toEqual(['We will write to you soon', 'AI: kept?']);
  expect(await used()).toBe(1);
  expect((await messagesOf(opened.database, shop)).map(({ direction, status }) => `${direction} ${status}`)).toEqual([
    'in answered',
    'out sent',
    'out sent',
  ]);
});

test('of several processes that claimed the conversation one after the other, the last one answers', async () => {
  await ask('kept?');
  await topUp();
  const claims: TestWork[] = [];
  for (let i = 0; i < 8; i += 1) claims.push(...(await claimWork(opened.database)));
  await Promise.all(claims.map((claimed) => lineWith().answer(claimed)));
  const { rows } = await sql("SELECT text, status FROM messages WHERE direction = 'out' AND follow_up_to_id IS NOT NULL");
  expect(rows).toEqual([{ text: 'AI: kept?', status: 'sent' }]);
  expect([await used(), await states()]).toEqual([1, [['answered', null]]]);
});

test('an unavailable AI is asked again later, and nothing is charged or sent meanwhile', async () => {
  await ask('kept?');
  await topUp();
  const away = lineWith({
    composer: { compose: async () => ({ text: 'sorry', mode: 'fallback', reason: 'no_knowledge', sources: [] }) },
  });
  await work(away);
  expect([away.sent, await used(), await states()]).toEqual([[], 0, [['waiting', null]]]);
  expect(await kept.releaseAcrossTenants(new Date())).toBe(1);
  await work();
  expect(line.sent.at(-1)?.text).toBe('AI: kept?');
});

test('a question out of tries is dropped and its charge returned', async () => {
  await ask('kept?');
  await topUp();
  const [job] = await claimWork(opened.database);
  const dying = lineWith({ composer: { compose: () => Promise.reject(new Error('poison')) } });
  await expect(dying.answer(job as never)).rejects.toThrow('poison');
  expect(await used()).toBe(1);
  await line.giveUp(job as never);
  expect([await used(), await states()]).toEqual([0, [['dropped', 'failed']]]);
});

test('a question to a bot beyond the plan is held and answered when the plan covers it again', async () => {
  await sql("UPDATE connections SET state = 'FAILED', failure_reason = 'plan_limit' WHERE id = $1", [shop.connectionId]);
  await ask('are you there?');
  expect([line.sent, await states()]).toEqual([[], [['waiting', null]]]);
  await topUp();
  await work();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: are you there?' }]);
  expect(await used()).toBe(1);
});

test('nothing is sent for a suspended business or a stopped connection', async () => {
  await ask('kept?');
  await sql('UPDATE tenants SET suspended_at = now()');
  await topUp();
  await sql('UPDATE tenants SET suspended_at = NULL');
  await sql('UPDATE connections SET enabled = false');
  expect(await kept.releaseAcrossTenants(new Date())).toBe(0);
  expect(await claimWork(opened.database)).toEqual([]);
});

test('a held question that the AI answers is no open question any more, and one that it cannot answer is its verdict', async () => {
  const attention = async () => (await sql('SELECT kind::text, question FROM attention ORDER BY message_id')).rows;
  await ask('parking?');
  await ask('a wedding cake?', 'b');
  expect(await attention()).toEqual([
    { kind: 'no_answer', question: 'parking?' },
    { kind: 'no_answer', question: 'a wedding cake?' },
  ]);
  await topUp();
  const outcome = {
    status: 'unknown',
    missing: 'Do you bake wedding cakes?',
    model: 'm',
    promptTokens: 1,
    answerTokens: 1,
  } as const;
  const thinking = lineWith({
    composer: {
      async compose({ text }) {
        const said: ComposedAnswer = { text: 'A reply', mode: 'ai', sources: [], reason: null };
        const verdict = { ...outcome, ms: 1, costMicroUsd: 1 };
        return text === 'parking?' ? said : { ...said, reason: 'no_knowledge', outcome: verdict };
      },
    },
  });
  await work(thinking);
  expect(await attention()).toEqual([{ kind: 'unknown', question: 'Do you bake wedding cakes?' }]);
  const needs = await sql('SELECT needs_person_why AS why FROM conversations ORDER BY chat_id');
  expect(needs.rows).toEqual([{ why: null }, { why: 'no_answer' }]);
});
