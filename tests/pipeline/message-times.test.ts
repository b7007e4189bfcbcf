import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InboundMessage } from '../../src/core/message.ts';
import { createDeletionsRepo } from '../../src/pipeline/deletions.repo.ts';
import { claimWork, fakeComposer, messagesOf, NO_WORK, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const DAY_MS = 24 * HOUR_MS;

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
});
afterAll(() => opened.close());

const ago = (ms: number) => ({ writtenAt: new Date(Date.now() - ms) });
/** A channel that closes a day after the customer's last message. */
const windowed = () => Object.assign(line.adapter, { replyWindowMs: DAY_MS });
const receive = (...messages: InboundMessage[]) => line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
const answer = async () => line.answer((await claimWork(opened.database))[0] ?? NO_WORK);
const said = async () => (await messagesOf(opened.database, shop)).map(({ text, status }) => [text, status]);
const query = async (text: string) => (await opened.database.sql.query(text, [shop.tenantId])).rows;

test.each([
  ['10 minutes', 10 * MINUTE_MS, 'AI: 5 daqiqada boraman', false],
  ['2 hours', 2 * HOUR_MS, 'uz late\n\nAI: 5 daqiqada boraman', true],
  ['20 hours', 20 * HOUR_MS, 'uz late\n\nAI: 5 daqiqada boraman', true],
  ['3 days', 3 * DAY_MS, 'uz late\n\nAI: 5 daqiqada boraman', true],
])('without a reply window a message of %s before is answered; a late one with an apology', async (_ago, ms, text, late) => {
  await receive(textMessage('a', '5 daqiqada boraman', ago(ms)));
  await answer();

  expect(line.sent).toEqual([{ chatId: 'a', text }]);
  const writtenAt = line.questions[0]?.writtenAt;
  expect(writtenAt && Math.abs(writtenAt.getTime() - (Date.now() - ms)) < 10_000).toBe(late ? true : undefined);
});

test.each([
  ['25 hours', 25 * HOUR_MS],
  ['3 days', 3 * DAY_MS],
  ['7 days', 7 * DAY_MS],
  ['2 months', 60 * DAY_MS],
])('a message of %s before, outside its window, asks no AI, is not charged and waits for a person', async (_ago, ms) => {
  windowed();
  await receive(textMessage('a', 'Somsa narxi qancha?', ago(ms)));
  await answer();

  expect([line.sent, line.questions]).toEqual([[], []]);
  expect(await said()).toEqual([['Somsa narxi qancha?', 'for_person']]);
  expect(await query('SELECT kind, question FROM attention WHERE tenant_id = $1')).toEqual([
    { kind: 'failed', question: 'Somsa narxi qancha?' },
  ]);
  expect(await query('SELECT needs_person_why AS why FROM conversations WHERE tenant_id = $1')).toEqual([{ why: 'late' }]);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 0 });
});

test.each([
  ['10 minutes', 10 * MINUTE_MS, 'AI: Narxi?'],
  ['20 hours', 20 * HOUR_MS, 'uz late\n\nAI: Narxi?'],
  ['23 hours and 50 minutes', 23 * HOUR_MS + 50 * MINUTE_MS, 'uz late\n\nAI: Narxi?'],
])('a message of %s before, inside its window, is answered', async (_ago, ms, text) => {
  windowed();
  await receive(textMessage('a', 'Narxi?', ago(ms)));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text }]);
});

test('of an old and a new message only the new one is answered, without an apology', async () => {
  windowed();
  await receive(textMessage('a', 'old one?', ago(3 * DAY_MS)), textMessage('a', 'new one?', ago(1_000)));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: new one?' }]);
  expect(await said()).toEqual([
    ['old one?', 'for_person'],
    ['new one?', 'answered'],
    ['AI: new one?', 'sent'],
  ]);
});

test('an opt-out that comes after its window still counts', async () => {
  windowed();
  await receive(textMessage('a', 'stop', ago(3 * DAY_MS)));
  await answer();
  expect(await query('SELECT opted_out_at IS NOT NULL AS out FROM customers WHERE tenant_id = $1')).toEqual([{ out: true }]);
});

test.each([
  ['in the future', { writtenAt: new Date(Date.now() + 3 * DAY_MS) }],
  ['missing', {}],
])('a time that is %s is not believed: the message counts from its arrival', async (_name, rest) => {
  windowed();
  await receive(textMessage('a', 'Narxi?', rest));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: Narxi?' }]);
  expect(await query("SELECT written_at FROM messages WHERE tenant_id = $1 AND direction = 'in'")).toEqual([
    { written_at: null },
  ]);
});

/** `happens` while the AI thinks about the first question. */
function whileTheAiThinks(happens: () => Promise<unknown>) {
  let first = true;
  const ai = fakeComposer(async () => {
    if (first) await happens();
    first = false;
  });
  line = pipeline(opened.database, { composer: ai.composer });
  return ai.questions;
}
const withdraw = (...ids: string[]) => createDeletionsRepo({ database: opened.database })(shop.connectionId, ids);

test('a message that is withdrawn while the AI thinks is not answered', async () => {
  whileTheAiThinks(() => withdraw('m1'));
  await receive(textMessage('a', 'parolim 1234', { externalId: 'm1' }));
  await answer();
  expect(line.sent).toEqual([]);
  expect(await said()).toEqual([['', 'ignored']]);
});

test('what is left of a burst is answered without the withdrawn message', async () => {
  const questions = whileTheAiThinks(() => withdraw('m2'));
  await receive(textMessage('a', 'Non bormi?', { externalId: 'm1' }), textMessage('a', 'kartam 8600', { externalId: 'm2' }));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: Non bormi?' }]);
  expect(JSON.stringify(questions.at(-1))).not.toContain('8600');
});

test.each([
  ['Telegram', '501:7', '501:7:e1795300060'],
  ['WhatsApp', 'wamid.HBg=', 'wamid.HBg=:wamid.edit='],
  ['Instagram', 'aWdf', 'aWdf:1'],
])('an edit on %s while the AI thinks: the new wording is answered, once', async (_channel, original, edit) => {
  whileTheAiThinks(() => receive(textMessage('a', 'Tort bormi?', { externalId: edit, kind: 'edited' })));
  await receive(textMessage('a', 'Non bormi?', { externalId: original }));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: Tort bormi?' }]);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('S72 (cost): edits in a row while the AI thinks cost an answer each, but for the first', async () => {
  const EDITS = 6;
  let edits = 0;
  const ai = fakeComposer(async () => {
    if (edits >= EDITS) return;
    edits += 1;
    await receive(textMessage('a', `Tort ${edits} bormi?`, { externalId: `m1:${edits}`, kind: 'edited' }));
  });
  line = pipeline(opened.database, { composer: ai.composer });
  await receive(textMessage('a', 'Non bormi?', { externalId: 'm1' }));
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: `AI: Tort ${EDITS} bormi?` }]);
  expect(ai.questions).toHaveLength(EDITS + 1);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: EDITS });
});

test('an edit of an edit while the AI thinks counts too, and an edit of another message does not', async () => {
  whileTheAiThinks(() => receive(textMessage('a', 'Pirog bormi?', { externalId: 'm1:2', kind: 'edited' })));
  await receive(
    textMessage('a', 'Non bormi?', { externalId: 'm1' }),
    textMessage('a', 'Tort bormi?', { externalId: 'm1:1', kind: 'edited' }),
  );
  await answer();
  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: Pirog bormi?' }]);

  whileTheAiThinks(() => receive(textMessage('b', 'Yoʻq, 2 ta', { externalId: 'other:1', kind: 'edited' })));
  await receive(textMessage('b', 'Somsa bormi?', { externalId: 'm9' }));
  await answer();
  await answer();
  expect(line.sent.map(({ text }) => text)).toEqual(['AI: Somsa bormi?', 'AI: Yoʻq, 2 ta']);
});

test('an answer that waits for its next try is dropped with the withdrawn question', async () => {
  line.fails.push({ ok: false, reason: 'unreachable' });
  await receive(textMessage('a', 'parolim 1234', { externalId: 'm1' }));
  await answer();
  await withdraw('m1');
  await answer();
  expect(line.sent).toEqual([]);
  expect((await messagesOf(opened.database, shop)).at(-1)).toMatchObject({ status: 'failed', reason: 'withdrawn' });
});
