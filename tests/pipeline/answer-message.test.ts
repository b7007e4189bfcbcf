import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ChannelAdapter } from '../../src/channels/channel.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { createStaffRepliesRepo } from '../../src/pipeline/staff-replies.repo.ts';
import {
  claimWork,
  fakeChannel,
  fakeComposer,
  messagesOf,
  NO_WORK,
  pipeline,
  type Shop,
  seedShop,
  textMessage,
} from '../support/pipeline.ts';
import { voiceNote } from '../support/sample-files.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

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

const customerWrites = (...messages: InboundMessage[]) =>
  line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages });
const job = async () => (await claimWork(opened.database))[0] ?? NO_WORK;
const conversation = async () =>
  (await opened.database.sql.query('SELECT * FROM conversations WHERE connection_id = $1', [shop.connectionId])).rows[0];

test('a question is answered by the AI with the history before it, charged once', async () => {
  await customerWrites(textMessage('a', 'Do you have bread?'));
  await line.answer(await job());
  await customerWrites(textMessage('a', 'How much?'));
  await line.answer(await job());

  expect(line.sent.map(({ text }) => text)).toEqual(['AI: Do you have bread?', 'AI: How much?']);
  expect(line.questions[1]).toMatchObject({
    text: 'How much?',
    language: 'en',
    history: [
      { role: 'customer', text: 'Do you have bread?' },
      { role: 'bot', text: 'AI: Do you have bread?' },
    ],
  });
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 2 });
  expect(new Date(line.questions[1]?.history[0]?.at ?? 0).getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test('whoever waits for the AI sees "typing…", whoever is answered at once does not', async () => {
  await customerWrites(textMessage('a', 'quick?'), textMessage('b', 'slow?'));
  const [quick, slow] = await claimWork(opened.database);
  await line.answer(quick ?? (await job()));
  const waiting = pipeline(opened.database, {
    typingAfterMs: 1,
    composer: fakeComposer(() => vi.waitUntil(() => waiting.typing.length > 0, 60_000).then(() => {})).composer,
  });
  await waiting.answer(slow ?? (await job()));

  expect(line.typing).toEqual([]);
  expect(waiting.typing).toEqual(['b']);
});

test('quick messages in a row are one turn with one reply', async () => {
  await customerWrites(textMessage('a', 'Hi'), textMessage('a', 'how much is'), textMessage('a', 'a loaf?'));
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: Hi\nhow much is\na loaf?' }]);
  expect((await messagesOf(opened.database, shop)).map(({ status }) => status)).toEqual([
    'answered',
    'answered',
    'answered',
    'sent',
  ]);
});

test('what a message points at goes to the answerer with it, and not with the next question', async () => {
  const refersTo = { kind: 'message', text: 'Napoleon 120 000' } as const;
  await customerWrites(textMessage('a', 'Bormi?', { refersTo }));
  await line.answer(await job());
  await customerWrites(textMessage('a', 'Ochiqmisiz?'));
  await line.answer(await job());

  expect(line.questions.map((question) => question.refersTo)).toEqual([[refersTo], []]);
});

test('after a flood all is answered, a bounded part of it at a time', async () => {
  await customerWrites(...Array.from({ length: 120 }, (_, i) => textMessage('a', `${i}`)));
  await line.answer(await job());

  expect(line.questions.map(({ text }) => text.split('\n').length)).toEqual([50, 50, 20]);
  expect((await messagesOf(opened.database, shop)).some(({ status }) => status === 'received')).toBe(false);
});

test('a command between questions is answered by itself, all in order', async () => {
  await customerWrites(
    textMessage('a', '/start', { kind: 'command', command: 'start' }),
    textMessage('a', 'price?'),
    textMessage('a', '/help', { kind: 'command', command: 'help' }),
  );
  await line.answer(await job());

  expect(line.sent.map(({ text }) => text)).toEqual(['en start', 'AI: price?', 'en help']);
});

test('work that was done with earlier work finds nothing to do', async () => {
  await customerWrites(textMessage('a', 'one'));
  const first = await job();
  await customerWrites(textMessage('a', 'two'));
  await line.answer(first);
  expect(await line.answer(await job())).toEqual({ kind: 'lost' });

  expect(line.sent.map(({ text }) => text)).toEqual(['AI: one\ntwo']);
});

test('a turn cut off before its reply was saved is done again and charged once', async () => {
  await customerWrites(textMessage('a', 'price?'));
  const dying = pipeline(opened.database, {
    composer: fakeComposer(() => Promise.reject(new Error('killed'))).composer,
  });
  await expect(dying.answer(await job())).rejects.toThrow('killed');
  await customerWrites(textMessage('a', 'and tea?'));
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: price?\nand tea?' }]);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('a reply saved and not sent is sent by the next try without asking the AI again', async () => {
  await customerWrites(textMessage('a', 'price?'));
  const dying = pipeline(opened.database);
  dying.fails.push(new Error('killed'));
  await expect(dying.answer(await job())).rejects.toThrow('killed');
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: price?' }]);
  expect(line.questions).toEqual([]);
  expect((await messagesOf(opened.database, shop)).map(({ status }) => status)).toEqual(['answered', 'sent']);
});

/** The bot's reply is with the platform when its process dies, and a person answers before another one has the turn. */
async function personAnswersBehindTheBot(): Promise<void> {
  await customerWrites(textMessage('a', 'price?'));
  const dying = pipeline(opened.database);
  dying.fails.push(new Error('killed'));
  await expect(dying.answer(await job())).rejects.toThrow('killed');
  const { rows } = await opened.database.sql.query<{ id: string; bot_id: string }>(
    'SELECT id, bot_id FROM conversations WHERE connection_id = $1',
    [shop.connectionId],
  );
  const [{ id, bot_id: botId }] = rows as [{ id: string; bot_id: string }];
  await createStaffRepliesRepo(opened).reply(shop.tenantId, botId, id, { text: '5000', draftHash: 'x' });
}

test('a person’s reply behind one that was being sent when its process died goes out', async () => {
  await personAnswersBehindTheBot();
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: '5000' }]);
  expect((await messagesOf(opened.database, shop)).map(({ status }) => status)).toEqual(['answered', 'failed', 'sent']);
});

test('where the connection was stopped meanwhile, both replies end', async () => {
  await personAnswersBehindTheBot();
  await opened.database.sql.query('UPDATE connections SET enabled = FALSE WHERE id = $1', [shop.connectionId]);
  await line.answer(await job());

  expect(line.sent).toEqual([]);
  expect((await messagesOf(opened.database, shop)).map(({ status }) => status)).toEqual(['answered', 'failed', 'failed']);
});

test('whoever lost the turn to another process writes nothing and sends nothing', async () => {
  await customerWrites(textMessage('a', 'price?'));
  const first = await job();
  const slow = pipeline(opened.database, {
    composer: fakeComposer(async () => {
      await line.answer(await job());
    }).composer,
  });
  await slow.answer(first);

  expect(slow.sent).toEqual([]);
  expect(line.sent).toHaveLength(1);
  expect((await messagesOf(opened.database, shop)).filter(({ direction }) => direction === 'out')).toHaveLength(1);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('/language is remembered, and later replies are in it', async () => {
  await customerWrites(textMessage('a', '/language ўз', { kind: 'command', command: 'language' }));
  await line.answer(await job());
  await customerWrites(textMessage('a', '/help', { kind: 'command', command: 'help' }));
  await line.answer(await job());

  expect(line.sent.map(({ text }) => text)).toEqual(['uz-Cyrl language_set', 'uz-Cyrl help']);
  expect(await conversation()).toMatchObject({ language: 'uz-Cyrl', language_chosen: true });
});

test('/human marks the conversation and tells the owner once', async () => {
  for (let i = 0; i < 2; i += 1) {
    await customerWrites(textMessage('a', '/human', { kind: 'command', command: 'human' }));
    await line.answer(await job());
  }

  expect(await conversation()).toMatchObject({ needs_person_why: 'asked', needs_person_at: expect.any(Date) });
  expect(line.told).toEqual(['needsPerson']);
  expect(line.questions).toEqual([]);
});

test('a wish for a person in words calls one, in the language of the words, and costs nothing', async () => {
  await askOnce();
  await customerWrites(textMessage('a', 'Позовите, пожалуйста, человека'));
  await line.answer(await job());

  expect(line.sent.at(-1)?.text).toBe('ru human');
  expect([line.questions.length, line.told]).toEqual([1, ['needsPerson']]);
  expect(await conversation()).toMatchObject({ needs_person_why: 'asked' });
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('/start says the bot’s own greeting', async () => {
  await opened.database.sql.query("UPDATE bots SET greeting = 'Welcome to Non!' WHERE id = $1", [shop.botId]);
  await customerWrites(textMessage('a', '/start', { kind: 'command', command: 'start' }));
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: 'Welcome to Non!' }]);
});

test('a photo goes to the AI; one that cannot be fetched gets a sentence', async () => {
  await customerWrites(textMessage('a', '', { kind: 'photo', attachment: { fileId: 'here' } }));
  await line.answer(await job());
  await customerWrites(textMessage('a', '', { kind: 'photo', attachment: { fileId: 'gone' } }));
  await line.answer(await job());

  expect(line.questions.map(({ media }) => media)).toEqual([[{ mimeType: 'image/jpeg', base64: 'aGk=' }]]);
  expect(line.sent.at(-1)?.text).toBe('en media_failed');
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('S69 (memory): a file is fetched after its answer is charged, and not at all when the plan has none left', async () => {
  await opened.database.sql.query('UPDATE subscriptions SET max_messages_per_month = 1 WHERE tenant_id = $1', [shop.tenantId]);
  for (const fileId of ['paid', 'beyond']) {
    await customerWrites(textMessage('a', 'Is this one fresh?', { kind: 'photo', attachment: { fileId } }));
    await line.answer(await job());
  }
  expect(line.fetched).toEqual(['paid']);
  expect(line.questions.map(({ media, aiRefusal }) => [media.length, aiRefusal])).toEqual([
    [1, null],
    [1, 'quota_reached'],
  ]);
});

test('S72 (cost): a voice note that plays for an hour is left out, whatever length its sender claims', async () => {
  const { adapter } = fakeChannel();
  const fetchMedia = async (_credentials: unknown, fileId: string) => {
    const media = { mimeType: 'audio/ogg', base64: voiceNote(Number(fileId)).toString('base64') };
    return { ok: true as const, media };
  };
  const channels = { telegram: { ...adapter, fetchMedia }, instagram: undefined, whatsapp: undefined };
  line = pipeline(opened.database, { channels });
  for (const fileId of ['179', '3600']) {
    const attachment = { fileId, mimeType: 'audio/ogg', seconds: 20 };
    await customerWrites(textMessage('a', 'Listen to this', { kind: 'voice', attachment }));
    await line.answer(await job());
  }
  expect(line.questions.map(({ media }) => media.length)).toEqual([1, 0]);
});

test.each([
  [19, 1],
  [1, 4],
])('S69 (memory): of four pictures of %i MB that one business gets at once, so many are held: %i', async (megabytes, atOnce) => {
  const chats = ['a', 'b', 'c', 'd'];
  const attachment = { fileId: 'picture', mimeType: 'image/jpeg', sizeBytes: megabytes * 1_048_576 };
  await customerWrites(...chats.map((chat) => textMessage(chat, 'Is this one fresh?', { kind: 'photo', attachment })));
  let [held, most] = [0, 0];
  const { adapter, sent } = fakeChannel();
  const base64 = 'A'.repeat((attachment.sizeBytes * 4) / 3);
  const fetchMedia = async () => ({ ok: true as const, media: { mimeType: 'image/jpeg', base64 } });
  const seen = pipeline(opened.database, {
    channels: { telegram: { ...adapter, fetchMedia }, instagram: undefined, whatsapp: undefined },
    composer: fakeComposer(async () => {
      held += 1;
      most = Math.max(most, held);
      // Another one would be held within this time.
      await vi.waitUntil(() => most === atOnce, { timeout: 30_000 }).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      held -= 1;
    }).composer,
  });
  await Promise.all((await claimWork(opened.database)).map(seen.answer));
  expect(sent).toHaveLength(4);
  expect(most).toBe(atOnce);
});

test.each([
  ['connections SET enabled = false WHERE id', 'connectionId'],
  ['tenants SET suspended_at = now() WHERE id', 'tenantId'],
  ["connections SET state = 'FAILED', failure_reason = 'plan_limit' WHERE id", 'connectionId'],
] as const)('after UPDATE %s nothing is sent and what came is kept', async (change, key) => {
  await customerWrites(textMessage('a', 'price?'));
  await opened.database.sql.query(`UPDATE ${change} = $1`, [shop[key]]);
  await line.answer(await job());

  expect(line.sent).toEqual([]);
  expect((await messagesOf(opened.database, shop)).map(({ text, status }) => [text, status])).toEqual([['price?', 'ignored']]);
});

test.each([
  ['connections SET enabled = false WHERE id', 'connectionId'],
  ['tenants SET suspended_at = now() WHERE id', 'tenantId'],
  ["connections SET state = 'FAILED', failure_reason = 'token_revoked' WHERE id", 'connectionId'],
] as const)('an answer that is ready after UPDATE %s is not sent, and is charged, because the AI has answered', async (change, key) => {
  await customerWrites(textMessage('a', 'price?'));
  const slow = pipeline(opened.database, {
    composer: fakeComposer(async () => void (await opened.database.sql.query(`UPDATE ${change} = $1`, [shop[key]]))).composer,
  });
  await slow.answer(await job());

  expect(slow.sent).toEqual([]);
  expect((await messagesOf(opened.database, shop)).map(({ text, status }) => [text, status])).toEqual([['price?', 'ignored']]);
  expect(await slow.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('a job of a deleted bot ends quietly', async () => {
  await customerWrites(textMessage('a', 'price?'));
  const orphan = await job();
  await opened.database.sql.query('DELETE FROM bots WHERE id = $1', [shop.botId]);

  expect(await line.answer(orphan)).toEqual({ kind: 'lost' });
  expect(line.sent).toEqual([]);
});

/** From its second question of a month on a tenant is charged as the turn begins. */
async function askOnce(): Promise<void> {
  await customerWrites(textMessage('a', 'Do you have bread?'));
  await line.answer(await job());
}

test('a question by itself is charged as its turn begins, by one statement', async () => {
  await askOnce();
  await customerWrites(textMessage('a', 'How much?'));
  const chargeTurn = vi.fn(line.usage.chargeTurn);
  const other = pipeline(opened.database, { usage: { ...line.usage, chargeTurn } });
  await other.answer(await job());

  expect(other.sent).toEqual([{ chatId: 'a', text: 'AI: How much?' }]);
  expect(chargeTurn).not.toHaveBeenCalled();
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 2 });
});

test('what was charged as its turn began and needs no AI after all is given back', async () => {
  await askOnce();
  await customerWrites(textMessage('a', '\u00a0'));
  await line.answer(await job());

  expect(line.sent.at(-1)?.text).toBe('en unsupported');
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});

test('with one answer left, of two chats whose turns begin together one is answered by the AI', async () => {
  await opened.database.sql.query('UPDATE subscriptions SET max_messages_per_month = 2 WHERE tenant_id = $1', [shop.tenantId]);
  await askOnce();
  await customerWrites(textMessage('a', 'How much?'), textMessage('b', 'How far?'));
  await Promise.all((await claimWork(opened.database)).map((each) => line.answer(each)));

  expect(
    line.questions
      .slice(1)
      .map(({ aiRefusal }) => aiRefusal)
      .sort(),
  ).toEqual([null, 'quota_reached']);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 2, limit: 2 });
});

test('without an AI nothing is charged and the composer is asked all the same', async () => {
  line = pipeline(opened.database, { aiConfigured: false });
  await customerWrites(textMessage('a', 'price?'));
  await line.answer(await job());

  expect(line.questions).toHaveLength(1);
  expect(line.typing).toEqual([]);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 0 });
});

test.each([
  ['timeout', null],
  ['no_knowledge', 'no_answer'],
] as const)('an answer that is not the AI’s for %s is not charged; a person is needed: %s', async (reason, why) => {
  const compose = async () => ({ text: 'Sorry', mode: 'fallback' as const, reason, sources: [] });
  line = pipeline(opened.database, { composer: { compose } });
  await customerWrites(textMessage('a', 'price?'));
  await line.answer(await job());

  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 0 });
  expect(await conversation()).toMatchObject({ needs_person_why: why });
  expect((await messagesOf(opened.database, shop)).at(-1)).toMatchObject({ mode: 'fallback', reason, status: 'sent' });
});

test.each([
  ['answered', null, null],
  ['partial', null, 'no_answer'],
  ['unknown', 'no_knowledge', 'no_answer'],
  ['wants_person', 'no_knowledge', 'asked'],
] as const)('an answer of the status %s is kept with what it took; a person is needed: %s, %s', async (status, reason, why) => {
  const outcome = {
    status,
    missing: 'What is halva?',
    model: 'm',
    promptTokens: 900,
    answerTokens: 40,
    ms: 700,
    costMicroUsd: 370,
  };
  line = pipeline(opened.database, {
    composer: { compose: async () => ({ text: 'A', mode: 'ai', reason, sources: [], outcome }) },
  });
  await customerWrites(textMessage('a', 'halva?'));
  await line.answer(await job());

  expect((await conversation())?.['needs_person_why']).toBe(why);
  expect(line.told).toEqual(why === 'asked' ? ['needsPerson'] : []);
  const { rows } = await opened.database.sql.query(
    `SELECT ai_status, ai_missing, ai_model, prompt_tokens, answer_tokens, ai_ms, cost_micro_usd FROM messages
     WHERE connection_id = $1 AND direction = 'out'`,
    [shop.connectionId],
  );
  expect(rows).toEqual([
    {
      ai_status: status,
      ai_missing: 'What is halva?',
      ai_model: 'm',
      prompt_tokens: 900,
      answer_tokens: 40,
      ai_ms: 700,
      cost_micro_usd: 370,
    },
  ]);
});

test('a poison message fails with its charge given back, and the later ones are answered', async () => {
  await customerWrites(textMessage('a', 'poison'));
  const dead = await job();
  const dying = pipeline(opened.database, { composer: fakeComposer(() => Promise.reject(new Error('poison'))).composer });
  await expect(dying.answer(dead)).rejects.toThrow('poison');
  await customerWrites(textMessage('a', 'price?'));
  await line.giveUp(dead);
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 0 });
  await line.answer(await job());

  expect(line.sent).toEqual([{ chatId: 'a', text: 'AI: price?' }]);
  expect((await messagesOf(opened.database, shop)).map(({ status }) => status)).toEqual(['failed', 'answered', 'sent']);
});

test('buttons are stored with the reply, so that another process sends them too', async () => {
  const choices = { items: [{ id: 'person', label: 'en call_person' }] };
  const shown: unknown[] = [];
  const withButtons = (sendChoices: ChannelAdapter['sendChoices']) =>
    pipeline(opened.database, {
      channels: { telegram: { ...line.adapter, ...(sendChoices && { sendChoices }) } },
    });
  await customerWrites(textMessage('a', '/help', { kind: 'command', command: 'help' }));
  const dying = withButtons(() => Promise.reject(new Error('killed')));
  await expect(dying.answer(await job())).rejects.toThrow('killed');
  const next = withButtons(async (_credentials, _chatId, text, given) => {
    shown.push({ text, choices: given });
    return { ok: true, externalId: '1' };
  });
  await next.answer(await job());

  expect(shown).toEqual([{ text: 'en help', choices }]);
});

test('a pressed button sends its entry without a charge and keeps the language; one of a deleted entry is a question', async () => {
  const entry = vi.fn(async (_turn: unknown, id: string) =>
    id === 'mine' ? ({ text: 'Narxi', mode: 'knowledge', reason: null, sources: [] } as const) : null,
  );
  const pressing = pipeline(opened.database, { channels: { telegram: line.adapter }, entries: { entry: entry as never } });
  for (const [text, choice] of [
    ['Цены на хлеб и пироги', 'mine'],
    ['Do you have bread?', 'gone'],
    ['', 'gone'],
  ] as const) {
    await customerWrites(textMessage('a', text, { attachment: { choice } }));
    await pressing.answer(await job());
  }

  expect(line.sent.map(({ text }) => text)).toEqual(['Narxi', 'AI: Do you have bread?', 'en button_gone']);
  expect(entry.mock.calls[0]?.[0]).toMatchObject({ language: 'en', tenantId: shop.tenantId });
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
});
