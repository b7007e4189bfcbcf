import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ReplyHandlers } from '../../src/pipeline/reply-worker.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import type { JobHandlers } from '../../src/process/worker.ts';
import { pipeline, seedShop, startWorker, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let running: Awaited<ReturnType<typeof startWorker>>[] = [];
beforeAll(async () => {
  opened = await testDatabase();
  // Failed tries come back at once: what is tested is that they do, not how long pg-boss waits.
  await sql("UPDATE pgboss.queue SET retry_delay = 0, retry_backoff = false WHERE name = 'reply'");
});
beforeEach(() => sql('DELETE FROM pgboss.job'));
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});
afterAll(() => opened.close());

const sql = (text: string, values: unknown[] = []) => opened.database.sql.query(text, values);
const jobsLeft = async () => (await sql("SELECT 1 FROM pgboss.job WHERE name = 'reply'")).rowCount;
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 8_000, interval: 20 });

async function start(reply: ReplyHandlers['reply'], others: Partial<JobHandlers & ReplyHandlers> = {}) {
  const worker = await startWorker(opened.database, { reply, ...others });
  running.push(worker);
  return worker;
}

function note<T>(list: T[], item: T): undefined {
  list.push(item);
}

/** Puts jobs into the queue as a receiver would, without anybody being woken. */
async function put(conversationId: string, messageId: number, state = 'created', heartbeatAgeSeconds = 0): Promise<void> {
  await sql(
    `INSERT INTO pgboss.job (name, data, singleton_key, policy, retry_limit, retry_delay, retry_backoff, retry_delay_max, heartbeat_seconds, expire_seconds, state, started_on, heartbeat_on)
     SELECT q.name, jsonb_build_object('conversationId', $1::text, 'messageId', $2::int), $1, q.policy, q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.heartbeat_seconds, q.expire_seconds,
       $3::pgboss.job_state, CASE WHEN $3 = 'active' THEN now() END, now() - $4 * interval '1s'
     FROM pgboss.queue q WHERE name = 'reply'`,
    [conversationId, messageId, state, heartbeatAgeSeconds],
  );
}

test('jobs of a conversation run one at a time and in order, and a slow conversation holds back no other', async () => {
  const [slow, ...quick] = Array.from({ length: 10 }, () => newId());
  const done: string[] = [];
  const active = new Map<string, number>();
  let most = 0;
  const release = Promise.withResolvers<void>();
  for (let i = 0; i < 5; i += 1) for (const id of [slow as string, ...quick]) await put(id, i);
  await start(async ({ conversationId, messageId }) => {
    active.set(conversationId, (active.get(conversationId) ?? 0) + 1);
    most = Math.max(most, active.get(conversationId) ?? 0);
    if (conversationId === slow) await release.promise;
    done.push(`${conversationId} ${messageId}`);
    active.set(conversationId, (active.get(conversationId) ?? 0) - 1);
    return undefined;
  });

  await eventually(() => expect(done).toHaveLength(45));
  release.resolve();
  await eventually(() => expect(done).toHaveLength(50));
  expect(most).toBe(1);
  for (const id of [slow, ...quick]) {
    expect(done.filter((line) => line.startsWith(id as string))).toEqual([0, 1, 2, 3, 4].map((i) => `${id} ${i}`));
  }
  await eventually(async () => expect(await jobsLeft()).toBe(0));
});

test('a connection whose jobs all hang holds back no other', async () => {
  const hanging = Array.from({ length: 150 }, () => newId());
  for (const id of hanging) await put(id, 1);
  await sql("UPDATE pgboss.job SET group_id = 'hanging'");
  const release = Promise.withResolvers<void>();
  const done: number[] = [];
  let most = 0;
  let underWay = 0;
  await start(async ({ messageId }) => {
    if (messageId === 2) return note(done, messageId);
    underWay += 1;
    most = Math.max(most, underWay);
    await release.promise;
    underWay -= 1;
    return undefined;
  });
  await eventually(() => expect(underWay).toBeGreaterThan(30));
  for (let i = 0; i < 5; i += 1) await put(newId(), 2);

  await eventually(() => expect(done).toHaveLength(5));
  expect(most).toBeLessThan(60);
  release.resolve();
  await eventually(async () => expect(await jobsLeft()).toBe(0));
});

test('a job that fails five times is given up, and the next one of its conversation runs', async () => {
  const id = newId();
  const tries: number[] = [];
  const dead: number[] = [];
  await put(id, 1);
  await put(id, 2);
  await start(
    async ({ messageId }) => {
      tries.push(messageId);
      if (messageId === 1) throw new Error('poison');
      return undefined;
    },
    { deadReply: async ({ messageId }) => void dead.push(messageId) },
  );

  await eventually(async () => expect(await jobsLeft()).toBe(0));
  expect(tries).toEqual([1, 1, 1, 1, 1, 2]);
  expect(dead).toEqual([1]);
});

test('a job of a worker without heartbeat is taken over; with the tries used up it is given up', async () => {
  const [lapsed, exhausted] = [newId(), newId()];
  await put(lapsed, 1, 'active', 11);
  await put(exhausted, 2, 'active', 11);
  await sql('UPDATE pgboss.job SET retry_count = 4 WHERE singleton_key = $1', [exhausted]);
  const [done, dead]: [number[], number[]] = [[], []];
  await start(async ({ messageId }) => note(done, messageId), { deadReply: async ({ messageId }) => void dead.push(messageId) });

  await eventually(async () => expect(await jobsLeft()).toBe(0));
  expect([done, dead]).toEqual([[1], [2]]);
});

test('at start the embedded database takes back what a killed process held; on Postgres a living one keeps it', async () => {
  const id = newId();
  await put(id, 1, 'active');
  const done: number[] = [];
  await start(async ({ messageId }) => note(done, messageId));
  // A job of another conversation shows that the worker is at work.
  await put(newId(), 2);

  await eventually(() => expect(done).toContain(2));
  const expected = opened.database.kind === 'embedded' ? [1, 2] : [2];
  await eventually(() => expect(done.toSorted()).toEqual(expected));
});

test('whoever lost a job to another worker does not settle it', async () => {
  const id = newId();
  await put(id, 1);
  const release = Promise.withResolvers<void>();
  let begun = false;
  const { worker } = await start(async () => {
    begun = true;
    await release.promise;
    return undefined;
  });
  await eventually(() => expect(begun).toBe(true));
  await sql('UPDATE pgboss.job SET retry_count = retry_count + 1 WHERE singleton_key = $1', [id]);
  release.resolve();
  await worker.stop();

  expect(await jobsLeft()).toBe(1);
});

test('a postponed job runs again later, as often as it takes, and is not given up', async () => {
  await put(newId(), 1);
  let tries = 0;
  await start(async () => {
    tries += 1;
    return tries < 8 ? { retryAfterMs: 1 } : undefined;
  });

  await eventually(async () => expect(await jobsLeft()).toBe(0));
  expect(tries).toBe(8);
});

test('a job that meets a database that is away, time and again, is not given up', async () => {
  const id = newId();
  let tries = 0;
  const dead: string[] = [];
  await put(id, 1);
  await start(
    async () => {
      tries += 1;
      if (tries <= 6) throw new Error('Connection terminated unexpectedly');
      return undefined;
    },
    { deadReply: async ({ conversationId }) => note(dead, conversationId) },
  );

  await vi.waitFor(async () => expect([tries, await jobsLeft()]).toEqual([7, 0]), { timeout: 18_000, interval: 50 });
  expect(dead).toEqual([]);
});

test('two workers on one queue do every job once', async () => {
  const done: string[] = [];
  const reply: ReplyHandlers['reply'] = async ({ conversationId, messageId }) => note(done, `${conversationId} ${messageId}`);
  const ids = Array.from({ length: 40 }, () => newId());
  await start(reply);
  if (opened.database.kind === 'postgres') await start(reply);
  for (const id of ids) for (const messageId of [1, 2]) await put(id, messageId);

  await eventually(async () => expect(await jobsLeft()).toBe(0));
  expect(done).toHaveLength(80);
  expect(new Set(done).size).toBe(80);
});

test('stopping claims nothing more, lets the running job end and settles it', async () => {
  const release = Promise.withResolvers<void>();
  let begun = 0;
  const { queue, worker } = await start(async () => {
    begun += 1;
    await release.promise;
    return undefined;
  });
  const id = newId();
  await queue.enqueue('reply', { conversationId: id, messageId: 1 }, { key: id });
  await eventually(() => expect(begun).toBe(1));
  const stopped = worker.stop();
  const late = newId();
  await queue.enqueue('reply', { conversationId: late, messageId: 2 }, { key: late });
  release.resolve();
  await stopped;

  expect(begun).toBe(1);
  expect((await sql("SELECT data->>'messageId' AS id FROM pgboss.job WHERE name = 'reply'")).rows).toEqual([{ id: '2' }]);
});

test('a mail in the queue is handed to whoever sends it, and gone once it is sent', async () => {
  const mails: string[] = [];
  const { queue } = await start(async () => undefined, { mail: async ({ data }) => void mails.push(data.sealed) });
  await queue.enqueue('mail', { sealed: 'one' });

  await eventually(() => expect(mails).toEqual(['one']));
  await eventually(async () => expect((await sql("SELECT 1 FROM pgboss.job WHERE name = 'mail'")).rowCount).toBe(0));
});

test('a message taken in beside the worker is answered without the queue', async () => {
  const shop = await seedShop(opened.database);
  const done: string[] = [];
  const { replies } = await start(async ({ conversationId }) => note(done, conversationId));
  const { receive } = pipeline(opened.database, { taker: replies });
  await receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', 'Hello?')] });

  await eventually(async () => expect(await jobsLeft()).toBe(0));
  expect(done).toHaveLength(1);
});

test('what is taken in while the worker stops goes back into the queue, whole', async () => {
  const shop = await seedShop(opened.database);
  const { worker, replies } = await start(async () => undefined);
  const late = {
    ...replies,
    // It had room when it was asked, and stops before the statement is done.
    roomFor: (messages: ReadonlyMap<string, number>) => [...messages.keys()],
  };
  await worker.stop();
  const { receive } = pipeline(opened.database, { taker: late });
  await receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', 'Hello?')] });

  await eventually(async () => {
    const { rows } = await sql("SELECT state::text, retry_limit - retry_count AS tries FROM pgboss.job WHERE name = 'reply'");
    expect(rows).toEqual([{ state: 'retry', tries: 5 }]);
  });
});
