import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ClaimedReplyJob, claimReplyJobs } from '../../src/pipeline/reply-jobs.ts';
import { pipeline, type Shop, seedShop, textMessage, waitingJobs } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM pgboss.job');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
});
afterAll(() => opened.close());

const write = (to: Shop, ...chats: string[]) =>
  line.receive({
    connectionId: to.connectionId,
    leaseEpoch: null,
    messages: chats.map((chat) => textMessage(chat, `${chat}, please`)),
  });
const claim = (limit = 100, full: string[] = []) => claimReplyJobs(opened.database.sql, limit, full);
const statesOf = async () =>
  (
    await opened.database.sql.query<{ state: string }>("SELECT state::text FROM pgboss.job WHERE name = 'reply' ORDER BY state")
  ).rows.map(({ state }) => state);
const answer = (job: ClaimedReplyJob | undefined) =>
  job ? line.answer(job, { id: job.id, retryCount: job.retryCount }) : Promise.reject(new Error('no job'));

test('a reply and its job are settled together; jobs of messages it answered too are gone, nobody need look again', async () => {
  for (let i = 0; i < 3; i += 1) await write(shop, 'a');
  const [job] = await claim();

  expect(await answer(job)).toMatchObject({ more: false });
  expect(line.sent).toHaveLength(1);
  expect(await statesOf()).toEqual([]);
});

test('a message that came while the reply was made keeps its job', async () => {
  await write(shop, 'a');
  const [job] = await claim();
  const slow = pipeline(opened.database, {
    composer: {
      compose: async () => {
        await write(shop, 'a');
        return { text: 'Yes.', mode: 'ai', reason: null, sources: [] };
      },
    },
  });

  expect(await slow.answer(job as ClaimedReplyJob, job)).toMatchObject({ more: true });
  expect(await statesOf()).toEqual(['created']);
  await answer((await claim())[0]);
  expect(line.sent).toHaveLength(1);
});

test('whoever lost the job to another attempt settles nothing with the reply', async () => {
  await write(shop, 'a');
  const [job] = await claim();
  await opened.database.sql.query('UPDATE pgboss.job SET retry_count = retry_count + 1');
  await answer(job);

  expect(await statesOf()).toEqual(['active']);
});

test('of a flooded connection and a quiet one both are served, in turns', async () => {
  const quiet = await seedShop(opened.database);
  await write(shop, ...Array.from({ length: 60 }, (_, i) => `flood-${i}`));
  await write(quiet, 'q1', 'q2');
  const claimed = await claim(10);

  expect(claimed.filter(({ groupId }) => groupId === quiet.connectionId)).toHaveLength(2);
  expect(claimed).toHaveLength(10);
});

test('a connection that has its share under way gets no more for now', async () => {
  const other = await seedShop(opened.database);
  await write(shop, 'a', 'b');
  await write(other, 'c');

  expect((await claim(10, [shop.connectionId])).map(({ groupId }) => groupId)).toEqual([other.connectionId]);
  expect(await waitingJobs(opened.database)).toHaveLength(2);
});

test('of one conversation one job is claimed at a time, however many ask at once', async () => {
  for (let i = 0; i < 5; i += 1) await write(shop, 'a', 'b');
  const claims = await Promise.all(Array.from({ length: 8 }, () => claim(3)));

  const conversations = claims.flat().map(({ conversationId }) => conversationId);
  expect(conversations).toHaveLength(2);
  expect(new Set(conversations).size).toBe(2);
  expect((await statesOf()).filter((state) => state === 'active')).toHaveLength(2);
});

test('a conversation whose job still waits gets no second one: that one answers the newest message too', async () => {
  for (let i = 0; i < 4; i += 1) await write(shop, 'a');
  expect(await statesOf()).toEqual(['created']);

  const [job] = await claim();
  const { rows } = await opened.database.sql.query<{ id: number }>('SELECT max(id) AS id FROM messages');
  expect(job?.messageId).toBe(rows[0]?.id);
  await write(shop, 'a');
  expect(await statesOf()).toEqual(['active', 'created']);
});

/** Somebody who can begin whatever comes, and what they were given. */
function taker() {
  const taken: ClaimedReplyJob[] = [];
  return {
    taken,
    roomFor: (messages: ReadonlyMap<string, number>) => [...messages.keys()],
    take: (jobs: readonly ClaimedReplyJob[]) => void taken.push(...jobs),
  };
}

test('who can begin at once gets jobs as if claimed, of conversations that have none', async () => {
  const ready = taker();
  const quick = pipeline(opened.database, { taker: ready });
  const say = (chat: string) =>
    quick.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(chat, 'Hello?')] });
  await write(shop, 'waiting');
  await Promise.all([say('new'), say('waiting')]);
  await say('new');

  expect(await statesOf()).toEqual(['active', 'created', 'created'].sort());
  expect(ready.taken).toHaveLength(1);
  const [made] = ready.taken;
  const { rows } = await opened.database.sql.query(
    `SELECT name, state::text, retry_count, started_on IS NOT NULL AS started, heartbeat_on IS NOT NULL AS beats, heartbeat_seconds, retry_limit,
      policy, singleton_key = data->>'conversationId' AS keyed FROM pgboss.job WHERE id = $1`,
    [made?.id],
  );
  const [claimed] = await claim();
  const { rows: claimedRows } = await opened.database.sql.query(
    `SELECT name, state::text, retry_count, started_on IS NOT NULL AS started, heartbeat_on IS NOT NULL AS beats, heartbeat_seconds, retry_limit,
      policy, singleton_key = data->>'conversationId' AS keyed FROM pgboss.job WHERE id = $1`,
    [claimed?.id],
  );
  expect(rows).toEqual(claimedRows);
  expect(made).toMatchObject({ retryCount: 0, groupId: shop.connectionId });
});

test('of many who write to one conversation at once one job begins, and every message has its answerer', async () => {
  for (let round = 0; round < 10; round += 1) {
    const ready = taker();
    const receivers = Array.from({ length: 6 }, () => pipeline(opened.database, { taker: ready }));
    const accepted = await Promise.all(
      receivers.map(({ receive }, i) =>
        receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage(`chat ${round}`, `Question ${i}`)] }),
      ),
    );
    expect(accepted.every((result) => result.accepted)).toBe(true);
    expect(ready.taken).toHaveLength(1);

    const [first] = ready.taken;
    await answer(first);
    for (const job of await claim()) await answer(job);
    const { rows } = await opened.database.sql.query(
      "SELECT 1 FROM messages WHERE connection_id = $1 AND direction = 'in' AND status = 'received'",
      [shop.connectionId],
    );
    expect(rows).toEqual([]);
    expect(await statesOf()).toEqual([]);
  }
});
