// S04, S08, S27, S28, S35, S38, S39, S42, S62: tricks with addresses, headers, methods and bodies, sent exactly as written here.
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { soak } from '../support/soak.ts';
import type { RawClient } from './raw-client.ts';
import { fingerprint, type Things, twoTenants, type World } from './two-tenants.ts';

const FORM = 'application/x-www-form-urlencoded';

let world: World;
let owner: RawClient & { things: Things; username: string };
beforeAll(async () => {
  world = await twoTenants({ PUBLIC_URL: 'https://bots.example' });
  owner = await world.owner();
});
afterAll(() => world.close());

const local = (location: string | undefined): boolean => location === undefined || /^\/(?![/\\])/.test(location);

describe('addresses', () => {
  test.each([
    '/%2e%2e/%2e%2e/etc/passwd',
    '/../../etc/passwd',
    '/assets/..%2f..%2fpackage.json',
    '/assets/vendor/inter/..%5c..%5cpackage.json',
    '/js/%2e%2e/%2e%2e/package.json',
    '/js/..;/package.json',
    '/.env',
    '/data/session-secret',
    '//evil.example',
    '//evil.example/%2e%2e',
    '/\\evil.example',
    '///dashboard',
    '/%0d%0aSet-Cookie:%20x=1',
    '/login%0d%0aLocation:%20https://evil.example',
    '/bots/%0d%0aX:%201',
    '/bots/..%2f..%2fadmin',
    '/bots/;id=1',
    '/bots/%',
    '/bots/%ff',
    '/bots/%00',
    '/%c0%ae%c0%ae/',
    '/__proto__',
    '/constructor',
    '/bots/__proto__',
    '/bots/constructor/knowledge',
    '/bots/99999999999999999999999999999999',
    '/bots/-1',
    '/bots/0',
    '/bots/null',
    '/bots/[object%20Object]',
    `/${'a/'.repeat(3_000)}`,
    `/bots/${'9'.repeat(8_000)}`,
    'http://evil.example/login',
    '*',
    '/?__proto__[x]=1&constructor[prototype][x]=1&x[]=1&x[]=2',
  ])('%s gets no file, no injected header and no redirect outside', async (path) => {
    for (const client of [owner, world.visitor()]) {
      const answer = await client.get(path);
      expect([200, 303, 400, 404, 421, 431]).toContain(answer.status);
      expect(answer.headers).not.toHaveProperty('x');
      expect(String(answer.headers['set-cookie'] ?? '')).not.toMatch(/(?:^|,)x=1/);
      expect(local(answer.headers.location)).toBe(true);
      expect(answer.text).not.toMatch(/root:|"dependencies"|SESSION_SECRET/);
    }
  });

  test.each([
    '/DASHBOARD',
    '/dashboard/',
    '/Bots',
    '/bots//',
    '/account/.',
    '/ACCOUNT/',
  ])('another spelling, %s, does not bypass the guard', async (path) => {
    const answer = await world.visitor().get(path);
    expect([303, 404]).toContain(answer.status);
    if (answer.status === 303) expect(answer.headers.location).toMatch(/^\/login/);
  });

  test('in another spelling too, the token of a reset link stays out of the log', async () => {
    const lines: string[] = [];
    const log = world.site.container.logger as unknown as { info: (line: object) => void };
    const info = log.info;
    log.info = (line) => void lines.push(JSON.stringify(line));
    try {
      for (const path of ['/reset-password/secret-token', '/RESET-password/secret-token', '/Reset-Password/secret-token/']) {
        await world.visitor().get(path);
      }
    } finally {
      log.info = info;
    }
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toContain('secret-token');
  });
});

describe('queries', () => {
  const odd = ['-1', '0', '1e9', '99999999999999999999', '1.5', 'NaN', '', 'abc', '%00', '%ff', '[]', '1%27--'];
  test.each(odd)('a page, a search and a cursor of %j show a page', async (value) => {
    const { bot, conversationId } = owner.things;
    for (const path of [
      `/bots/${bot}/knowledge?page=${value}&q=${value}`,
      `/bots/${bot}/knowledge?page=${value}&page=2&q[]=${value}&q=1`,
      `/conversations?after=${value}&q=${value}&waiting=${value}&after=x`,
      `/bots/${bot}/conversations?after=${Buffer.from(`${value}_${bot}`).toString('base64url')}`,
      `/bots/${bot}/conversations/${conversationId}?before=${value}&before=${value}`,
      `/login?returnTo=${value}&returnTo=${value}`,
    ]) {
      expect([path, [200, 303, 400].includes((await owner.get(path)).status)]).toEqual([path, true]);
    }
  });

  test('a cursor made of another’s conversation shows nothing of theirs', async () => {
    const other = await world.owner();
    await world.sql.query("UPDATE customers SET first_name = 'Zebra' WHERE tenant_id = $1", [other.things.tenantId]);
    const cursor = Buffer.from(`${Date.now() + 1_000_000}_${other.things.conversationId}`).toString('base64url');
    const page = await owner.get(`/conversations?after=${cursor}`);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('Zebra');
  });

  test('any query shows a page', async () => {
    const value = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed()));
    await fc.assert(
      fc.asyncProperty(value, value, async (one, two) => {
        const query = `q=${one}&page=${two}&after=${one}&before=${two}&title=${one}&waiting=${two}&${one}=${two}`;
        const { bot, conversationId } = owner.things;
        for (const path of ['/conversations', `/bots/${bot}/knowledge`, `/bots/${bot}/conversations/${conversationId}`]) {
          expect((await owner.get(`${path}?${query}`)).status).toBeLessThan(500);
        }
      }),
      { numRuns: soak(20, 60), seed: 20261122 },
    );
  });
});

describe('methods', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE'])('%s changes nothing', async (method) => {
    const before = await fingerprint(world);
    const { bot, entryId } = owner.things;
    for (const path of [
      `/bots/${bot}`,
      `/bots/${bot}/delete`,
      `/bots/${bot}/knowledge/${entryId}`,
      '/account',
      '/account/delete',
    ]) {
      expect([403, 404, 405]).toContain((await owner.send(method, path)).status);
      const allowed = await owner.send(method, path, { headers: { 'x-csrf-token': await owner.token() } });
      expect(allowed.status).toBe(method === 'TRACE' ? 405 : 404);
    }
    expect(await fingerprint(world)).toBe(before);
  });

  test('a method override in a header, a query or a field is ignored', async () => {
    const before = await fingerprint(world);
    const override = { 'x-http-method-override': 'POST', 'x-method-override': 'DELETE' };
    expect((await owner.get(`/bots/${owner.things.bot}/delete?_method=POST`, override)).status).toBe(404);
    expect((await owner.submit('/dashboard', { _method: 'DELETE' }, override)).status).toBe(404);
    expect(await fingerprint(world)).toBe(before);
  });
});

describe('headers', () => {
  const HEADERS = [
    'cookie',
    'accept',
    'accept-language',
    'origin',
    'referer',
    'user-agent',
    'x-forwarded-for',
    'x-forwarded-proto',
  ];
  test('no header causes a 500', async () => {
    const header = fc.constantFrom(
      ...HEADERS,
      'x-forwarded-host',
      'x-csrf-token',
      'sec-fetch-site',
      'accept-encoding',
      'if-none-match',
    );
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
      fc.constantFrom(
        '__Host-bf.sid=s%3Aabc.def',
        'bf.sid=s:x.y; bf.sid=s:z',
        'bf.flash=e30.x',
        'bf.csrf=%E0%A4%A',
        'lang=__proto__',
        'lang=%00',
      ),
      fc.constantFrom(
        'bf.device=..........',
        ';;;===;;',
        'q=0;q=;q',
        `${'en;q=0.1,'.repeat(900)}`,
        '*',
        '::1%eth0',
        'unknown, 1.2.3.4',
        ','.repeat(5_000),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(header, value), { minLength: 1, maxLength: 4 }), async (pairs) => {
        const headers = Object.fromEntries(pairs);
        for (const path of ['/login', '/dashboard', '/'])
          expect((await world.visitor().get(path, headers)).status).toBeLessThan(500);
        const posted = await world.visitor().send('POST', '/login', { headers, type: FORM, body: 'login=a&password=b' });
        expect(posted.status).toBeLessThan(500);
      }),
      { numRuns: soak(25, 80), seed: 20261122 },
    );
  });

  test.each([
    'evil.example',
    'bots.example.evil.example',
    'bots.example@evil.example',
    'evil.example:80@bots.example',
    '[::',
    'bots.example:80:80',
    '',
  ])('with the host %j a reset link has our own address or is not sent', async (host) => {
    await world.sql.query('DELETE FROM pgboss.job');
    const visitor = world.visitor();
    const _csrf = await visitor.token();
    const headers = { host, 'x-forwarded-host': host };
    await visitor.form('/forgot-password', { _csrf, email: `${owner.username}@example.com` }, headers);
    await visitor.form('/forgot-password', { _csrf, email: `${owner.username}@example.com` }, { 'x-forwarded-host': host });
    const links = (await world.site.mails()).map(({ text }) => /https?:\/\/[^/]+/.exec(text)?.[0]);
    expect(links.filter((link) => link !== 'https://bots.example')).toEqual([]);
  });

  test('every response, errors and redirects included, has the security headers', async () => {
    const { bot } = owner.things;
    const paths = [
      '/',
      '/login',
      '/dashboard',
      '/no-such-page',
      `/bots/${bot}/status`,
      '/assets/app.css',
      '/healthz',
      '/bots/%00',
      '/favicon.svg',
    ];
    for (const path of [...paths, '/js/no-such-file.js']) {
      for (const client of [owner, world.visitor()]) {
        const { headers, status } = await client.get(path);
        expect([path, status < 500, headers['x-content-type-options'], headers['x-frame-options']]).toEqual([
          path,
          true,
          'nosniff',
          'DENY',
        ]);
        expect(headers['content-security-policy']).toContain("default-src 'self'");
        if (!/assets|favicon|healthz/.test(path) && status === 200) expect(headers['cache-control']).toBe('no-store');
      }
    }
  });
});

describe('where to go next', () => {
  const tricks = [
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/%09/evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/%2f%2fevil.example',
    '/x/../../evil.example',
    'evil.example',
    '/\u2028/evil',
    '@evil.example',
    '/login\r\nX: 1',
  ];
  test.each(tricks)('after sign-in or choosing a language, %j stays on this site', async (returnTo) => {
    const visitor = world.visitor();
    const chosen = await visitor.submit('/language', { language: 'en', returnTo });
    const form = await visitor.get(`/login?returnTo=${encodeURIComponent(returnTo)}`);
    const signed = await visitor.submit('/login', { login: owner.username, password: 'seven blue cranes at dusk', returnTo });
    for (const { status, headers } of [chosen, signed]) {
      expect(status).toBe(303);
      expect(new URL(headers.location as string, 'https://bots.example').origin).toBe('https://bots.example');
      expect(headers).not.toHaveProperty('x');
    }
    expect(form.text).not.toContain('value="//');
  });
});

describe('bodies', () => {
  test.each([
    ['a form packed from 5 MB', FORM, gzipSync(`name=${'a'.repeat(5_000_000)}`), { 'content-encoding': 'gzip' }, 413],
    [
      'JSON packed from 5 MB',
      'application/json',
      gzipSync(`{"a":"${'a'.repeat(5_000_000)}"}`),
      { 'content-encoding': 'gzip' },
      413,
    ],
    ['a packing nobody knows', FORM, 'name=a', { 'content-encoding': 'zstd-x' }, 415],
    ['broken packing', FORM, 'name=a', { 'content-encoding': 'gzip' }, 400],
    ['JSON 40,000 deep', 'application/json', `{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, {}, 403],
    ['1,000 fields', FORM, Array.from({ length: 1_000 }, (_, i) => `f${i}=1`).join('&'), {}, 413],
    ['a field of 1 MB', FORM, `a=${'b'.repeat(1_000_000)}`, {}, 413],
    ['another alphabet', `${FORM}; charset=utf-7`, 'a=b', {}, 415],
    ['more fields than equal signs', FORM, '&'.repeat(90_000), {}, 413],
  ] as const)('%s: %s', async (_what, type, body, headers, status) => {
    const answer = await owner.send('POST', `/bots/${owner.things.bot}`, { type, body, headers });
    expect([status, 400, 403, 413]).toContain(answer.status);
    expect(answer.text).not.toMatch(/node_modules|\bat \w+ \(/);
    if (status === 413) expect(answer.status).toBe(413);
  });

  test.each([
    ['two lengths', 'POST /login HTTP/1.1\r\nHost: bots.example\r\nContent-Length: 3\r\nContent-Length: 40\r\n\r\na=b'],
    [
      'a length and chunks',
      'POST /login HTTP/1.1\r\nHost: bots.example\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a line broken in a header', 'GET / HTTP/1.1\r\nHost: bots.example\r\nX: a\n\tb\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /login HTTP/1.1\r\nHost: bots.example\r\nHost: evil.example\r\n\r\n'],
    ['20 KB of headers', `GET / HTTP/1.1\r\nHost: bots.example\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ])('%s in one request is refused, and the next visitor is served', async (_what, bytes) => {
    const first = await spoken(bytes);
    expect(first).toMatch(/^(?:HTTP\/1\.1 (?:4\d\d|200)|$)/);
    expect((await world.visitor().get('/login')).status).toBe(200);
  });
});

/** The first line that comes back for these bytes; '' when the line is closed without a word. */
function spoken(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(world.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      socket.end();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard.split('\r\n')[0] as string));
  });
}
