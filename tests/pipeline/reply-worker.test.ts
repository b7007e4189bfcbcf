import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ReplyHandlers } from '../../src/pipeline/perform-work.ts';
import type { ClaimedWork } from '../../src/pipeline/work.ts';
import type { JobHandlers } from '../../src/process/worker.ts';
import { pipeline, type Shop, seedShop, startWorker, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let running: Awaited<ReturnType<typeof startWorker>>[] = [];
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await sql('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
});
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});
afterAll(() => opened.close());

const sql = (text: string, values: unknown[] = []) => opened.database.sql.query(text, values);
const workLeft = async () => (await sql('SELECT 1 FROM conversation_work')).rowCount;
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const DONE = { kind: 'done', requests: 1 } as const;

async function start(reply: ReplyHandlers['reply'], others: Partial<JobHandlers & ReplyHandlers> = {}) {
  const worker = await startWorker(opened.database, { reply, ...others });
  running.push(worker);
  return worker;
}

let chats = 0;

/** Asks for work in a new conversation, without anybody being woken. Returns the conversation. */
async function put(of = shop, state = 'ready', heartbeatAgeSeconds = 0): Promise<string> {
  chats += 1;
  const { rows } = await sql(
    `WITH conversation AS (
      INSERT INTO conversations (id, tenant_id, bot_id, connection_id, chat_id) VALUES (gen_random_uuid(), $1, $2, $3, $4) RETURNING id)
    INSERT INTO conversation_work (conversation_id, connection_id, first_message_id, newest_message_id, wake_at, state, heartbeat_at)
    SELECT id, $3, 1, 1, now(), $5::"WorkState", now() - $6 * interval '1 second' FROM conversation RETURNING conversation_id AS id`,
    [of.tenantId, of.botId, of.connectionId, `chat ${chats}`, state, heartbeatAgeSeconds],
  );
  return rows[0]?.['id'];
}

test('a conversation has one worker at a time, and a slow one delays no other', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => put()));
  const [slow] = ids;
  const done: string[] = [];
  const release = Promise.withResolvers<void>();
  let most = 0;
  let active = 0;
  await start(async ({ conversationId }) => {
    if (conversationId === slow) {
      active += 1;
      most = Math.max(most, active);
      await release.promise;
      active -= 1;
    }
    done.push(conversationId);
    return DONE;
  });

  await eventually(() => expect(done).toHaveLength(9));
  await sql('UPDATE conversation_work SET wake_at = now() WHERE conversation_id = $1', [slow]);
  release.resolve();
  await eventually(async () => expect(await workLeft()).toBe(0));
  expect(done.toSorted()).toEqual(ids.toSorted());
  expect(most).toBe(1);
});

test('a connection whose conversations all hang delays no other', async () => {
  const other = await seedShop(opened.database);
  for (let i = 0; i < 150; i += 1) await put();
  const release = Promise.withResolvers<void>();
  let underWay = 0;
  let most = 0;
  let answered = 0;
  await start(async (work) => {
    if ((work as ClaimedWork).connectionId === other.connectionId) {
      answered += 1;
      return DONE;
    }
    underWay += 1;
    most = Math.max(most, underWay);
    await release.promise;
    underWay -= 1;
    return DONE;
  });
  await eventually(() => expect(underWay).toBeGreaterThan(30));
  await Promise.all(Array.from({ length: 5 }, () => put(other)));

  await eventually(() => expect(answered).toBe(5));
  expect(most).toBeLessThan(60);
  release.resolve();
  await eventually(async () => expect(await workLeft()).toBe(0));
});

test('work that fails five times is given up', async () => {
  await put();
  await sql('UPDATE conversation_work SET tries = 3');
  let tries = 0;
  const dead: string[] = [];
  await start(
    async () => {
      tries += 1;
      throw new Error('poison');
    },
    {
      giveUp: async ({ conversationId }) => {
        dead.push(conversationId);
        await sql('DELETE FROM conversation_work');
      },
    },
  );

  await vi.waitFor(async () => expect(await workLeft()).toBe(0), { timeout: 60_000, interval: 50 });
  expect([tries, dead.length]).toEqual([2, 1]);
});

test('work of a worker without a heartbeat is taken over; with the tries used up it is given up', async () => {
  const lapsed = await put(shop, 'claimed', 11);
  const exhausted = await put(shop, 'claimed', 11);
  await sql('UPDATE conversation_work SET tries = 4 WHERE conversation_id = $1', [exhausted]);
  const [done, dead]: [string[], string[]] = [[], []];
  await start(
    async ({ conversationId }) => {
      done.push(conversationId);
      return DONE;
    },
    {
      giveUp: async ({ conversationId }) => {
        dead.push(conversationId);
        await sql('DELETE FROM conversation_work WHERE conversation_id = $1', [conversationId]);
      },
    },
  );

  await eventually(async () => expect(await workLeft()).toBe(0));
  expect([done, dead]).toEqual([[lapsed], [exhausted]]);
});

test('at start the embedded database takes back what a killed process held; on Postgres a living one keeps it', async () => {
  const held = await put(shop, 'claimed');
  const done: string[] = [];
  await start(async ({ conversationId }) => {
    done.push(conversationId);
    return DONE;
  });
  // Work of another conversation shows that the worker is at work.
  const other = await put();

  await eventually(() => expect(done).toContain(other));
  const expected = opened.database.kind === 'embedded' ? [held, other] : [other];
  await eventually(() => expect(done.toSorted()).toEqual(expected.toSorted()));
});

test('a worker that lost its claim does not settle it', async () => {
  await put();
  const release = Promise.withResolvers<void>();
  let begun = false;
  const { worker } = await start(async () => {
    begun = true;
    await release.promise;
    return DONE;
  });
  await eventually(() => expect(begun).toBe(true));
  await sql("UPDATE conversation_work SET epoch = nextval('conversation_work_epoch_seq')");
  release.resolve();
  await worker.stop();

  expect(await workLeft()).toBe(1);
});

test('postponed work runs again later, as often as it takes, and is not given up', async () => {
  await put();
  let tries = 0;
  await start(async () => {
    tries += 1;
    return tries < 8 ? { kind: 'later', delayMs: 1 } : DONE;
  });

  await eventually(async () => expect(await workLeft()).toBe(0));
  expect(tries).toBe(8);
});

test('work that keeps meeting an unavailable database is not given up', async () => {
  await put();
  let tries = 0;
  const dead: string[] = [];
  await start(
    async () => {
      tries += 1;
      if (tries <= 6) throw new Error('Connection terminated unexpectedly');
      return DONE;
    },
    { giveUp: async ({ conversationId }) => void dead.push(conversationId) },
  );

  await vi.waitFor(async () => expect([tries, await workLeft()]).toEqual([7, 0]), { timeout: 60_000, interval: 50 });
  expect(dead).toEqual([]);
});

test('two workers do all work once', async () => {
  const done: string[] = [];
  const reply: ReplyHandlers['reply'] = async ({ conversationId }) => {
    done.push(conversationId);
    return DONE;
  };
  await start(reply);
  if (opened.database.kind === 'postgres') await start(reply);
  for (let i = 0; i < 80; i += 1) await put();

  await eventually(async () => expect(await workLeft()).toBe(0));
  expect(done).toHaveLength(80);
  expect(new Set(done).size).toBe(80);
});

test('stopping claims nothing more, lets running work end and settles it', async () => {
  const release = Promise.withResolvers<void>();
  let begun = 0;
  await put();
  const { worker } = await start(async () => {
    begun += 1;
    await release.promise;
    return DONE;
  });
  await eventually(() => expect(begun).toBe(1));
  const stopped = worker.stop();
  const late = await put();
  release.resolve();
  await stopped;

  expect(begun).toBe(1);
  expect((await sql('SELECT conversation_id AS id FROM conversation_work')).rows).toEqual([{ id: late }]);
});

test('work is begun when its quiet time ends, not at the next look', async () => {
  let begunMs = 0;
  await put();
  await sql("UPDATE conversation_work SET wake_at = now() + interval '200 milliseconds'");
  await start(async () => {
    begunMs = Date.now();
    return DONE;
  });
  const { rows } = await sql('SELECT (extract(epoch FROM wake_at) * 1000)::bigint AS ms FROM conversation_work');

  await eventually(async () => expect(await workLeft()).toBe(0));
  expect(begunMs).toBeGreaterThanOrEqual((rows[0]?.['ms'] ?? begunMs) - 1);
});

test('a mail in the queue is handed to whoever sends it, and gone once it is sent', async () => {
  const mails: string[] = [];
  const { queue } = await start(async () => DONE, { mail: async ({ data }) => void mails.push(data.sealed) });
  await queue.enqueue('mail', { sealed: 'one' });

  await eventually(() => expect(mails).toEqual(['one']));
  await eventually(async () => expect((await sql("SELECT 1 FROM pgboss.job WHERE name = 'mail'")).rowCount).toBe(0));
});

test('a message taken in beside the worker is answered at once', async () => {
  const done: string[] = [];
  const { replies } = await start(async ({ conversationId }) => {
    done.push(conversationId);
    return DONE;
  });
  const { receive } = pipeline(opened.database, { taker: replies });
  await receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', 'Hello?')] });

  await eventually(async () => expect(await workLeft()).toBe(0));
  expect(done).toHaveLength(1);
});

test('what is taken in while the worker stops is given back, whole', async () => {
  const { worker, replies } = await start(async () => DONE);
  const late = {
    ...replies,
    // It had room when it was asked, and stops before the statement is done.
    roomFor: (messages: ReadonlyMap<string, number>) => [...messages.keys()],
  };
  await worker.stop();
  const { receive } = pipeline(opened.database, { taker: late });
  await receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', 'Hello?')] });

  await eventually(async () => {
    const { rows } = await sql('SELECT state::text, tries FROM conversation_work');
    expect(rows).toEqual([{ state: 'ready', tries: 0 }]);
  });
});
