// Sites are read from a server on this machine, which the guard lets through for the test alone.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPublicFetch } from '../../../src/platform/public-fetch.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { newShop } from '../../support/owner.ts';

const PAGES: Record<string, [type: string, body: string]> = {
  '/robots.txt': ['text/plain', 'User-agent: *\nDisallow: /ichki\n'],
  '/sitemap.xml': ['application/xml', '<urlset><url><loc>http://shop.uz:PORT/narxlar</loc></url></urlset>'],
  '/': ['text/html', page('Bosh sahifa', '<h2>Biz haqimizda</h2><p>Toshkentda 2012 yildan beri gul yetkazamiz.</p>')],
  '/narxlar': [
    'text/html',
    page(
      'Narxlar',
      '<table><tr><th>Guldasta</th><th>Narx</th></tr><tr><td>Atirgul</td><td>150 000</td></tr><tr><td>Lola</td><td>90 000</td></tr></table>',
    ),
  ],
  '/yetkazish': ['text/html', page('Yetkazish', '<h2>Yetkazib berish</h2><p>Ikki soat ichida, 30 000 soʻm.</p>')],
  '/ichki': ['text/html', page('Ichki', '<h2>Maxfiy</h2><p>Buni hech kim oʻqimaydi.</p>')],
};

function page(title: string, main: string): string {
  const nav =
    '<nav><a href="/">Bosh</a> <a href="/yetkazish#top">Yetkazish</a> <a href="/ichki">Ichki</a> <a href="http://other.uz/">Boshqa</a></nav>';
  return `<!doctype html><html><head><title>${title}</title></head><body>${nav}<main>${main}</main><footer>Tel: 71 200 14 14</footer></body></html>`;
}

const asked: string[] = [];
let server: Server;
let port: number;
let site: TestApp;
beforeAll(async () => {
  server = createServer((req, res) => {
    asked.push(String(req.url));
    const [type, body] = PAGES[String(req.url)] ?? ['text/plain', ''];
    res.writeHead(body ? 200 : 404, { 'content-type': type }).end(body.replaceAll('PORT', String(port)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  const permits = (address: string, at: number): boolean => address === '127.0.0.1' && at === port;
  const resolve = async (host: string): Promise<string[]> => [host === 'shop.uz' ? '127.0.0.1' : '10.0.0.1'];
  site = await testApp({}, undefined, { fetchPublic: createPublicFetch({ resolve, permits }) });
});
afterAll(async () => {
  server.close();
  await site.close();
});

async function imported(url: string) {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { url }, path);
  const own = String(sent.headers['location']);
  await site.container.features.imports.runner.look();
  const { body } = await shop.agent.get(own).set('Accept', 'application/json');
  return { body, html: (await shop.agent.get(own)).text };
}

test('a site is read page by page: same host, as robots.txt and its map say, the main text only', async () => {
  const { body } = await imported(`http://shop.uz:${port}/`);
  expect([body.state, body.done, body.total]).toEqual(['ready', 3, 3]);
  const drafts = body.drafts.map(({ title, content }: Record<string, string>) => [title, content]);
  expect(drafts.toSorted()).toEqual([
    ['Biz haqimizda', 'Toshkentda 2012 yildan beri gul yetkazamiz.'],
    ['Narxlar', 'Atirgul — 150 000\nLola — 90 000'],
    ['Yetkazib berish', 'Ikki soat ichida, 30 000 soʻm.'],
  ]);
  expect(asked).not.toContain('/ichki');
});

test('no more pages are read than the plan allows', async () => {
  const shop = await newShop(site);
  const { sql } = site;
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { url: `http://shop.uz:${port}/` }, path);
  const { rows } = await sql.query<{ pages: number }>('SELECT max_pages AS pages FROM knowledge_imports WHERE bot_id = $1', [
    shop.botId,
  ]);
  expect(rows).toEqual([{ pages: 50 }]);
  await sql.query('UPDATE knowledge_imports SET max_pages = 2 WHERE bot_id = $1', [shop.botId]);
  await site.container.features.imports.runner.look();
  expect((await shop.agent.get(String(sent.headers['location'])).set('Accept', 'application/json')).body.total).toBe(2);
});

test.each([
  ['a private address', () => 'http://10.0.0.1/', 'not on the public internet'],
  ['a host that resolves to one', () => `http://inside.uz:${port}/`, 'not on the public internet'],
  ['a forbidden page', () => `http://shop.uz:${port}/ichki`, 'robots.txt'],
  ['a page that is not there', () => `http://shop.uz:${port}/yoq`, 'did not answer with a page'],
])('%s is refused in words', async (_what, url, words) => {
  expect((await imported(url())).html).toContain(words);
});

test.each(['ftp://shop.uz/', 'javascript:alert(1)', 'shop', 'a b.uz'])('%j is no address of a site', async (url) => {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { url }, path);
  expect([sent.status, sent.text.includes('Enter the address of a site')]).toEqual([422, true]);
});

test('a site is read again: unchanged drafts are left out, a changed one says what changed and changes its entry', async () => {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { url: `http://shop.uz:${port}/` }, path);
  const first = String(sent.headers['location']);
  const { runner } = site.container.features.imports;
  await runner.look();
  await postForm(shop.agent, `${first}/accept`, {}, first);

  const before = PAGES['/yetkazish'] as [string, string];
  PAGES['/yetkazish'] = [before[0], before[1].replace('30 000', '35 000')];
  const again = await postForm(shop.agent, `${first}/again`, { act: 'now' }, first);
  const second = String(again.headers['location']);
  await runner.look();
  PAGES['/yetkazish'] = before;

  const { body } = await shop.agent.get(second).set('Accept', 'application/json');
  expect(body.drafts).toMatchObject([{ title: 'Yetkazib berish', content: 'Ikki soat ichida, 35 000 soʻm.' }]);
  expect(body.drafts[0].note).toContain('Now: “Ikki soat ichida, 35 000 soʻm.”. Before: “Ikki soat ichida, 30 000 soʻm.”');
  const entries = async () =>
    (
      await site.sql.query<{ title: string; content: string }>(
        "SELECT title, content FROM knowledge_entries WHERE bot_id = $1 AND origin = 'site' ORDER BY title",
        [shop.botId],
      )
    ).rows;
  expect((await entries()).at(-1)?.content).toContain('30 000');
  await postForm(shop.agent, `${second}/accept`, {}, second);
  expect(await entries()).toHaveLength(3);
  expect((await entries()).at(-1)?.content).toContain('35 000');
});

test('a weekly site is read again after a week by one new import, which is weekly in its place', async () => {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { url: `http://shop.uz:${port}/` }, path);
  const first = String(sent.headers['location']);
  const { runner, jobs } = site.container.features.imports;
  await runner.look();
  await postForm(shop.agent, `${first}/again`, { act: 'weekly', weekly: '1' }, first);
  expect((await shop.agent.get(first)).text).toContain('This site is read again every week.');

  const imports = async () =>
    (await site.sql.query('SELECT weekly, state FROM knowledge_imports WHERE bot_id = $1 ORDER BY created_at', [shop.botId]))
      .rows;
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  await jobs.hourly(inDays(6));
  expect(await imports()).toEqual([{ weekly: true, state: 'ready' }]);
  await jobs.hourly(inDays(8));
  expect(await imports()).toEqual([
    { weekly: false, state: 'ready' },
    { weekly: true, state: 'reading' },
  ]);
  await runner.look();
});

test('an import that is no site is not read again', async () => {
  const shop = await newShop(site);
  const path = `${shop.bot}/knowledge/import`;
  const sent = await postForm(shop.agent, path, { text: 'Delivery\nWithin an hour.' }, path);
  const own = String(sent.headers['location']);
  expect((await postForm(shop.agent, `${own}/again`, { act: 'now' }, own)).status).toBe(404);
});
