import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createWorkSweep } from '../../src/pipeline/recover-work.ts';
import { adoptReplyJobs, type ClaimedWork, claim, reclaim } from '../../src/pipeline/work.ts';
import { createBoss } from '../../src/platform/jobs/queue-schema.ts';
import { pipeline, type Shop, seedShop, silent, textMessage } from '../support/pipeline.ts';
import { rounds } from '../support/soak.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await sql('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
});
afterAll(() => opened.close());

const sql = (text: string, values: unknown[] = []) => opened.database.sql.query(text, values);
const write = (to: Shop, ...chats: string[]) =>
  line.receive({
    connectionId: to.connectionId,
    leaseEpoch: null,
    messages: chats.map((chat) => textMessage(chat, `${chat}, please`)),
  });
const claimUpTo = async (most = 100, fullConnections: string[] = []): Promise<ClaimedWork[]> =>
  (await claim(opened.database.sql, { most, mostOfOne: 16, fullConnections })).claimed;
const claimOne = async (): Promise<ClaimedWork> => {
  const [work] = await claimUpTo();
  if (!work) throw new Error('nothing to claim');
  return work;
};
const statesOf = async () =>
  (await sql('SELECT state::text FROM conversation_work ORDER BY 1 DESC')).rows.map(({ state }) => state);

test('a reply and its work are settled together, with all messages of the burst', async () => {
  for (let i = 0; i < 3; i += 1) await write(shop, 'a');

  expect(await line.answer(await claimOne())).toEqual({ kind: 'settled', more: false });
  expect(line.sent).toHaveLength(1);
  expect(await statesOf()).toEqual([]);
});

test('a message that came while the reply was made leaves the work ready', async () => {
  await write(shop, 'a');
  const slow = pipeline(opened.database, {
    composer: {
      compose: async () => {
        await write(shop, 'a');
        return { text: 'Yes.', mode: 'ai', reason: null, sources: [] };
      },
    },
  });

  expect(await slow.answer(await claimOne())).toEqual({ kind: 'settled', more: true });
  expect(await statesOf()).toEqual(['ready']);
  await line.answer(await claimOne());
  expect(line.sent).toHaveLength(1);
  expect(await statesOf()).toEqual([]);
});

test('a message and an unsent reply without work get it again, unless they are new, old, or have it', async () => {
  await write(shop, 'unsent');
  line.fails.push(new Error('the process dies before it sends'));
  await expect(line.answer(await claimOne())).rejects.toThrow('dies');
  await write(shop, 'unread', 'with work', 'new', 'old');
  await sql(`DELETE FROM conversation_work w USING conversations c WHERE c.id = w.conversation_id AND c.chat_id <> 'with work'`);
  await sql(
    `UPDATE messages m SET created_at = now() - CASE c.chat_id WHEN 'old' THEN interval '25 hours' ELSE interval '2 minutes' END
     FROM conversations c WHERE c.id = m.conversation_id AND c.connection_id = $1 AND c.chat_id <> 'new'`,
    [shop.connectionId],
  );

  await createWorkSweep({ sql: opened.database.sql, logger: silent })();
  const withWork = await sql(
    'SELECT c.chat_id FROM conversation_work w JOIN conversations c ON c.id = w.conversation_id ORDER BY 1',
  );
  expect(withWork.rows.map((row) => row.chat_id)).toEqual(['unread', 'unsent', 'with work']);
  for (const work of await claimUpTo()) await line.answer(work);
  expect(line.sent.map(({ chatId }) => chatId).sort()).toEqual(['unread', 'unsent', 'with work']);
  expect(await statesOf()).toEqual([]);
});

test('a worker that lost its claim settles nothing and sends nothing', async () => {
  await write(shop, 'a');
  const lost = await claimOne();
  await sql("UPDATE conversation_work SET heartbeat_at = now() - interval '11 seconds'");
  await reclaim(opened.database.sql, { everyone: false });
  const taken = await claimOne();

  expect(await line.answer(lost)).toEqual({ kind: 'lost' });
  expect([line.sent, await statesOf()]).toEqual([[], ['claimed']]);
  await line.answer(taken);
  expect([line.sent.length, await statesOf()]).toEqual([1, []]);
});

test('work without a heartbeat is ready again; after the fifth time the caller has it, to give it up', async () => {
  await write(shop, 'a');
  for (let i = 1; i <= 5; i += 1) {
    await claimOne();
    await sql("UPDATE conversation_work SET heartbeat_at = now() - interval '11 seconds'");
    const outOfTries = await reclaim(opened.database.sql, { everyone: false });
    expect(outOfTries.map(({ tries }) => tries)).toEqual(i < 5 ? [] : [5]);
  }
  expect(await statesOf()).toEqual(['claimed']);
});

test('of a flooded connection and a quiet one both are served, in turns', async () => {
  const quiet = await seedShop(opened.database);
  await write(shop, ...Array.from({ length: 60 }, (_, i) => `flood-${i}`));
  await write(quiet, 'q1', 'q2');
  const claimed = await claimUpTo(10);

  expect(claimed.filter(({ connectionId }) => connectionId === quiet.connectionId)).toHaveLength(2);
  expect(claimed).toHaveLength(10);
});

test('a connection that has its share under way gets no more for now', async () => {
  const other = await seedShop(opened.database);
  await write(shop, 'a', 'b');
  await write(other, 'c');

  expect((await claimUpTo(10, [shop.connectionId])).map(({ connectionId }) => connectionId)).toEqual([other.connectionId]);
  expect(await statesOf()).toEqual(['ready', 'ready', 'claimed']);
});

test('a conversation is claimed once, however many ask at once', async () => {
  for (let i = 0; i < 5; i += 1) await write(shop, 'a', 'b');
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimUpTo(3)));

  const conversations = claims.flat().map(({ conversationId }) => conversationId);
  expect(conversations).toHaveLength(2);
  expect(new Set(conversations).size).toBe(2);
});

/** A worker with room for everything, and what it was given. */
function taker() {
  const taken: ClaimedWork[] = [];
  return {
    taken,
    roomFor: (messages: ReadonlyMap<string, number>) => [...messages.keys()],
    take: (work: readonly ClaimedWork[]) => void taken.push(...work),
  };
}

test('a worker with room gets new work as claimed, and none that somebody has or that waits', async () => {
  const ready = taker();
  const quick = pipeline(opened.database, { taker: ready });
  const say = (chat: string) =>
    quick.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(chat, 'Hello?')] });
  await write(shop, 'waiting');
  await Promise.all([say('new'), say('waiting')]);
  await say('new');

  expect(await statesOf()).toEqual(['ready', 'claimed']);
  expect(ready.taken).toEqual([
    { conversationId: expect.any(String), connectionId: shop.connectionId, epoch: expect.any(Number), tries: 0 },
  ]);
  await quick.answer(ready.taken[0] as ClaimedWork);
  expect(quick.sent).toHaveLength(1);
});

test('of many who write to one conversation at once one is taken, and every message is answered', async () => {
  for (let round = 0; round < rounds(10); round += 1) {
    const ready = taker();
    const receivers = Array.from({ length: 6 }, () => pipeline(opened.database, { taker: ready }));
    const accepted = await Promise.all(
      receivers.map(({ receive }, i) =>
        receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(`chat ${round}`, `Question ${i}`)] }),
      ),
    );
    expect(accepted.every((result) => result.accepted)).toBe(true);
    expect(ready.taken).toHaveLength(1);

    await line.answer(ready.taken[0] as ClaimedWork);
    for (const work of await claimUpTo()) await line.answer(work);
    const { rows } = await sql("SELECT 1 FROM messages WHERE connection_id = $1 AND direction = 'in' AND status = 'received'", [
      shop.connectionId,
    ]);
    expect(rows).toEqual([]);
    expect(await statesOf()).toEqual([]);
  }
});

/** Writes with a quiet time of 2.5 s, as of WhatsApp. */
const writeSlowly = (chat: string) =>
  line.receive({
    connectionId: shop.connectionId,
    leaseEpoch: null,
    messages: [textMessage(chat, 'and')],
    quietTimeMs: () => 2_500,
  });
const msUntilWake = async (): Promise<number> =>
  (await sql('SELECT (extract(epoch FROM wake_at - now()) * 1000)::int AS ms FROM conversation_work')).rows[0]?.['ms'];
const pass = (seconds: number) =>
  sql(`UPDATE conversation_work SET wake_at = wake_at - $1 * interval '1 s', burst_since = burst_since - $1 * interval '1 s'`, [
    seconds,
  ]);

test('a burst waits for the quiet time after each message, yet not longer than six seconds in all', async () => {
  await writeSlowly('a');
  expect(await claimUpTo()).toEqual([]);
  expect(await msUntilWake()).toBeGreaterThan(2_000);
  expect(await msUntilWake()).toBeLessThanOrEqual(2_500);
  await pass(2);
  await writeSlowly('a');
  expect(await msUntilWake()).toBeGreaterThan(2_000);
  await pass(2);
  await writeSlowly('a');
  expect(await msUntilWake()).toBeGreaterThan(1_500);
  expect(await msUntilWake()).toBeLessThanOrEqual(2_000);
  await pass(2);

  await line.answer(await claimOne());
  expect(line.sent.map(({ text }) => text)).toEqual(['AI: and\nand\nand']);
});

test('a burst that begins while the bot answers has a quiet time of its own', async () => {
  await writeSlowly('a');
  await pass(3);
  const work = await claimOne();
  await writeSlowly('a');

  const slow = pipeline(opened.database, {
    composer: {
      compose: async () => {
        await writeSlowly('a');
        return { text: 'Yes.', mode: 'ai', reason: null, sources: [] };
      },
    },
  });
  expect(await slow.answer(work)).toEqual({ kind: 'settled', more: true });
  expect(await claimUpTo()).toEqual([]);
  expect(await msUntilWake()).toBeGreaterThan(2_000);
  await pass(3);
  await line.answer(await claimOne());
  expect(await statesOf()).toEqual([]);
});

test('a claim tells when the next work is due', async () => {
  await writeSlowly('a');
  const { nextDueInMs } = await claim(opened.database.sql, { most: 1, mostOfOne: 1, fullConnections: [] });
  expect(nextDueInMs).toBeGreaterThan(2_000);
  expect(nextDueInMs).toBeLessThanOrEqual(2_500);
});

test('messages that came after the first try are not given up with the earlier ones', async () => {
  await write(shop, 'a');
  await claimOne();
  await sql("UPDATE conversation_work SET state = 'ready', tries = 4");
  await write(shop, 'a');
  await line.giveUp(await claimOne());

  expect((await sql('SELECT status::text FROM messages ORDER BY id DESC LIMIT 2')).rows.map(({ status }) => status)).toEqual([
    'received',
    'failed',
  ]);
  expect((await sql('SELECT state::text, tries FROM conversation_work')).rows).toEqual([{ state: 'ready', tries: 0 }]);
});

test('reply jobs that version 0.1.0 left in pg-boss are answered; a job it works on is left to it', async () => {
  await write(shop, 'waiting', 'worked on');
  const { rows } = await sql('SELECT conversation_id AS id, newest_message_id AS message FROM conversation_work ORDER BY 2');
  await sql('DELETE FROM conversation_work');
  const boss = createBoss(opened.database, { supervise: false, schedule: false, onError: () => {} });
  await boss.start();
  await boss.createQueue('reply');
  await boss.stop({ graceful: false });
  for (const [i, { id, message }] of rows.entries()) {
    await sql(
      `INSERT INTO pgboss.job (name, data, state, heartbeat_on, heartbeat_seconds)
       VALUES ('reply', jsonb_build_object('conversationId', $1::text, 'messageId', $2::bigint), $3::pgboss.job_state, now(), 10)`,
      [id, message, i === 0 ? 'created' : 'active'],
    );
  }

  expect(await adoptReplyJobs(opened.database.sql)).toBe(1);
  await line.answer(await claimOne());
  expect(line.sent.map(({ text }) => text)).toEqual(['AI: waiting, please']);
  await sql("UPDATE pgboss.job SET heartbeat_on = now() - interval '11 seconds'");
  expect(await adoptReplyJobs(opened.database.sql)).toBe(1);
});
