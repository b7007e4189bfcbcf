// A site whose process was killed is read on by the next one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { newShop } from '../../support/owner.ts';
import { soak } from '../../support/soak.ts';

const PAGES = soak(24, 200);
const READER = join(import.meta.dirname, '../../support/import-reader.ts');

const asked = new Map<string, number>();
let server: Server;
let port: number;
let site: TestApp;
const readers: ChildProcess[] = [];
beforeAll(async () => {
  server = createServer((req, res) => {
    const path = String(req.url);
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const number = path === '/' ? 0 : Number(/^\/p(\d+)$/.exec(path)?.[1] ?? Number.NaN);
    if (Number.isNaN(number)) return void res.writeHead(404).end();
    const links = Array.from({ length: PAGES }, (_, at) => (at === 0 ? '' : `<a href="/p${at}">p${at}</a>`)).join(' ');
    const main = `<main><h2>Mahsulot ${number}</h2><p>Bu ${number}-mahsulot, narxi ${number + 1} 000 soʻm, omborda bor.</p></main>`;
    res.writeHead(200, { 'content-type': 'text/html' });
    res.end(`<!doctype html><html><head><title>P${number}</title></head><body><nav>${links}</nav>${main}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  site = await testApp();
});
afterAll(async () => {
  for (const reader of readers) reader.kill('SIGKILL');
  server.close();
  await site.close();
});

function startReader(): ChildProcess {
  const { address } = site.opened;
  const url = address.kind === 'postgres' ? address.url : '';
  const reader = spawn(process.execPath, [READER, url, String(port)], { stdio: 'ignore' });
  readers.push(reader);
  return reader;
}

test('a process that is killed in the middle of a site leaves nothing unread and nothing twice', async () => {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  await postForm(shop.agent, path, { url: `http://shop.uz:${port}/` }, path);
  await site.sql.query('UPDATE knowledge_imports SET max_pages = 1000 WHERE bot_id = $1', [shop.botId]);
  const countRead = async () =>
    (
      await site.sql.query<{ read: number }>(
        "SELECT count(*)::int AS read FROM import_sources WHERE tenant_id = $1 AND state = 'read'",
        [shop.tenantId],
      )
    ).rows[0]?.read ?? 0;
  const stateNow = async () =>
    (await site.sql.query<{ state: string }>('SELECT state FROM knowledge_imports WHERE bot_id = $1', [shop.botId])).rows[0]
      ?.state;

  const first = startReader();
  await expect.poll(countRead, { timeout: 120_000 }).toBeGreaterThan(PAGES / 4);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const readByFirst = await countRead();
  expect(readByFirst).toBeLessThan(PAGES);

  startReader();
  await expect.poll(stateNow, { timeout: 170_000 }).toBe('ready');
  expect(await countRead()).toBe(PAGES);
  const { rows } = await site.sql.query<{ content: string; times: number }>(
    'SELECT content, count(*)::int AS times FROM import_drafts WHERE tenant_id = $1 GROUP BY content',
    [shop.tenantId],
  );
  expect(rows).toHaveLength(PAGES);
  expect(rows.filter(({ times }) => times > 1)).toEqual([]);
  // Only what the first was reading when it died is asked for again.
  const pages = [...asked].filter(([address]) => address === '/' || address.startsWith('/p'));
  expect(pages.reduce((sum, [, times]) => sum + times, 0)).toBeLessThanOrEqual(PAGES + 1);
});
