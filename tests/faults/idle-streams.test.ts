// R36: thousands of people leave a broadcast's page open.
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/app-process.ts';
import { COLLECTS_GARBAGE, collectGarbage } from '../support/garbage.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { METRICS_TOKEN, readMetrics } from '../support/read-metrics.ts';
import { soak, within } from '../support/soak.ts';

const HARD_LIMIT = execFileSync('sh', ['-c', 'ulimit -Hn']).toString().trim();
const DESCRIPTORS = HARD_LIMIT === 'unlimited' ? Number.POSITIVE_INFINITY : Number(HARD_LIMIT);
const STREAMS = Math.min(Number(process.env['IDLE_STREAMS'] ?? soak(1_000, 10_000)), DESCRIPTORS - 1_000);
const PER_USER = 6;
const SECRET = 'a secret of this test, long enough';
const MOST_BYTES_EACH = 50 * 1024;
// Resident memory grows in large steps, whoever asks for them; of 10,000 streams these are 6 KB each.
const ALLOCATOR_BYTES = 64 * 2 ** 20;
const GONE_WITHIN_MS = within(60_000);
const AT_ONCE = 100;
const WARM_UP = 600;

let product: Product;
let path: string;
let cookies: string[];

beforeAll(async () => {
  product = await startProduct({
    ai: false,
    adapt: (env) => ({
      ...env,
      SESSION_SECRET: SECRET,
      METRICS_TOKEN,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning ${COLLECTS_GARBAGE}`,
    }),
  });
  const { owner } = await ownerWithBots(product, 1);
  const [bot] = await product.installation.query<{ id: string; tenant: string }>('SELECT id, tenant_id AS tenant FROM bots');
  const at = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  const page = `/bots/${bot?.id}/broadcasts`;
  const made = await owner.submit(page, page, { text: 'Fresh bread tomorrow', scheduledAt: at });
  expect(made.status).toBe(303);
  path = `${made.location}/events`;
  cookies = await people(bot?.tenant ?? '', Math.ceil(STREAMS / PER_USER) + 1);
}, 120_000);
afterAll(() => product.close());

/** Colleagues of the owner, each signed in; gives their cookies. */
async function people(tenantId: string, count: number): Promise<string[]> {
  const all = Array.from({ length: count }, (_, n) => ({
    id: randomUUID(),
    name: `colleague${n}`,
    session: randomBytes(24).toString('base64url'),
  }));
  const [ids, names] = [all.map(({ id }) => id), all.map(({ name }) => name)];
  await product.installation.query(
    `INSERT INTO users (id, username, username_key, email, email_key, password_hash)
     SELECT id, name, name, name || '@example.com', name || '@example.com', 'x' FROM unnest($1::uuid[], $2::text[]) AS p(id, name)`,
    [ids, names],
  );
  await product.installation.query(
    "INSERT INTO memberships (tenant_id, user_id, role) SELECT $1, id, 'operator' FROM unnest($2::uuid[]) AS p(id)",
    [tenantId, ids],
  );
  await product.installation.query(
    `INSERT INTO sessions (id_hash, user_id, data, expires_at)
     SELECT hash, id, json_build_object('passport', json_build_object('user', id::text)), now() + interval '1 day'
     FROM unnest($1::text[], $2::uuid[]) AS p(hash, id)`,
    [all.map(({ session }) => createHash('sha256').update(session).digest('hex')), ids],
  );
  return all.map(({ session }) => {
    const mac = createHmac('sha256', SECRET).update(session).digest('base64').replace(/=+$/, '');
    return `bf.sid=${encodeURIComponent(`s:${session}.${mac}`)}`;
  });
}

interface Stream {
  socket: Socket;
  text: string;
}

/** Asks for the stream; resolves when there is an answer. */
function open(cookie: string, lastEventId = ''): Promise<Stream> {
  const { hostname, port } = new URL(product.app.url);
  return new Promise((resolve, reject) => {
    const stream = { socket: connect(Number(port), hostname), text: '' };
    stream.socket.once('error', reject);
    stream.socket.on('data', (chunk) => {
      stream.text += chunk.toString();
      if (stream.text.includes('\r\n\r\n')) resolve(stream);
    });
    const resume = lastEventId && `Last-Event-ID: ${lastEventId}\r\n`;
    stream.socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${cookie}\r\n${resume}\r\n`);
  });
}

async function openMany(count: number): Promise<Stream[]> {
  const streams: Stream[] = [];
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from(
      { length: Math.min(AT_ONCE, count - from) },
      (_, n) => cookies[Math.floor((from + n) / PER_USER)] ?? '',
    );
    streams.push(...(await Promise.all(some.map((cookie) => open(cookie)))));
  }
  return streams;
}

async function memory(): Promise<{ rss: number; heap: number }> {
  await collectGarbage(product.app);
  const metric = await readMetrics(product.app.url);
  return { rss: metric('process_resident_memory_bytes'), heap: metric('nodejs_heap_size_used_bytes') };
}
const descriptors = (): number => readdirSync(`/proc/${product.app.pid}/fd`).length;

test(`${STREAMS} idle streams take less than 50 KB each, hear heartbeats, and who vanished without a word is gone in a minute`, async () => {
  // What the first of them take once and for all is not each one's.
  for (const { socket } of await openMany(WARM_UP)) socket.destroy();
  const [memoryBefore, before] = [await memory(), descriptors()];
  const streams = await openMany(STREAMS);
  const memoryAfter = await memory();
  const eachBytes = (memoryAfter.rss - memoryBefore.rss) / STREAMS;
  const eachHeapBytes = (memoryAfter.heap - memoryBefore.heap) / STREAMS;
  const askedAt = performance.now();
  expect((await fetch(`${product.app.url}/login`)).status).toBe(200);
  const pageMs = performance.now() - askedAt;
  expect(streams.filter(({ text }) => !text.startsWith('HTTP/1.1 200 '))).toEqual([]);
  expect(streams.filter(({ socket }) => socket.destroyed)).toEqual([]);

  const [last] = streams.slice(-1) as [Stream];
  await until(
    () => last.text.includes(': still here'),
    within(20_000),
    () => 'no heartbeat',
  );
  // Half hang up; the others read no more and say nothing, as behind a cable that was pulled.
  for (const [n, { socket }] of streams.entries()) n % 2 === 0 ? socket.destroy() : socket.pause();
  await until(
    () => descriptors() <= before + STREAMS / 2 + 50,
    within(5_000),
    () => 'those who hung up are kept',
  );
  const silentAt = performance.now();
  await until(
    () => descriptors() <= before + 50,
    GONE_WITHIN_MS,
    () => `${descriptors() - before} are kept`,
  );
  const goneMs = performance.now() - silentAt;
  for (const { socket } of streams) socket.destroy();
  console.info(
    `${STREAMS} streams: ${Math.round(eachBytes / 1024)} KB each (heap ${Math.round(eachHeapBytes / 1024)} KB), a page in ${Math.round(pageMs)} ms, the silent ones gone after ${Math.round(goneMs / 1_000)} s`,
  );

  expect(eachHeapBytes).toBeLessThan(MOST_BYTES_EACH);
  expect(memoryAfter.rss - memoryBefore.rss).toBeLessThan(STREAMS * MOST_BYTES_EACH + ALLOCATOR_BYTES);
  expect(pageMs).toBeLessThan(within(1_000));
  expect(goneMs).toBeLessThan(GONE_WITHIN_MS);
}, 240_000);
