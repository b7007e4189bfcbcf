// S16 to S20, S23 to S26 (sign-in, sessions, reset links): spraying, spoofed addresses, cookies, identical answers.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import { twoTenants, type World } from './two-tenants.ts';

let world: World;
beforeAll(async () => {
  world = await twoTenants({ PUBLIC_URL: 'https://bots.example' });
});
afterAll(() => world.close());

const wrong = 'not the password of anybody';
const SECURE = { host: 'bots.example', 'x-forwarded-proto': 'https' };

test('one password on many accounts from one address is stopped, whatever forwarded addresses claim', async () => {
  const visitor = world.visitor();
  const _csrf = await visitor.token();
  const statuses: number[] = [];
  for (let i = 0; i < 20; i++) {
    // The proxy in front adds the last one; what stands before it is the visitor's own word.
    const headers = { 'x-forwarded-for': `198.51.100.${i}, 203.0.113.7` };
    statuses.push((await visitor.form('/login', { _csrf, login: `sprayed${i}`, password: wrong }, headers)).status);
  }
  expect(statuses.filter((status) => status === 422)).toHaveLength(18);
  expect(statuses.slice(18)).toEqual(Array(2).fill(429));
  const refused = await visitor.form('/login', { _csrf, login: 'x', password: wrong }, { 'x-forwarded-for': '203.0.113.7' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
});

test('an account is not locked: its owner signs in elsewhere while a stranger is refused', async () => {
  const owner = await world.owner();
  const stranger = world.visitor();
  const _csrf = await stranger.token();
  const tries = [];
  for (let i = 0; i < 12; i++)
    tries.push((await stranger.form('/login', { _csrf, login: owner.username, password: wrong })).status);
  expect(tries.slice(10)).toEqual([429, 429]);
  const elsewhere = await world.visitor().submit('/login', { login: owner.username, password: PASSWORD });
  expect([elsewhere.status, elsewhere.headers.location]).toEqual([303, '/dashboard']);
});

test('a wrong password, an unknown name and an unknown address get identical answers', async () => {
  const owner = await world.owner();
  const plain = (text: string): string => text.replace(/value="[^"]*"/g, '');
  const answers = [];
  for (const login of [owner.username, 'nobody.of.that.name', `${owner.username}@example.com`, 'nobody@example.com']) {
    answers.push(await world.visitor().submit('/login', { login, password: wrong }));
  }
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([422]));
  expect(new Set(answers.map(({ text }) => plain(text))).size).toBe(1);
  const names = answers.map(({ headers }) => Object.keys(headers).sort().join());
  expect(new Set(names).size).toBe(1);
});

test('over https every cookie is Secure, HttpOnly, Lax, for the whole site and for no other host', async () => {
  const visitor = world.visitor();
  const seen: string[] = [];
  const keep = ({ headers }: { headers: { 'set-cookie'?: string[] | undefined } }): void =>
    void seen.push(...(headers['set-cookie'] ?? []));
  const page = await visitor.get('/register', SECURE);
  keep(page);
  const _csrf = /name="_csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
  const fields = { username: 'secure.cookies', email: 'secure.cookies@example.com', password: PASSWORD };
  keep(await visitor.form('/register', { _csrf, ...fields }, SECURE));
  keep(await visitor.get('/dashboard', SECURE));
  expect(new Set(seen.map((line) => line.split('=')[0]))).toEqual(
    new Set(['__Host-bf.csrf', '__Host-bf.sid', '__Host-bf.device', '__Host-bf.flash', 'lang']),
  );
  for (const line of seen) {
    expect(line).toMatch(/; HttpOnly/);
    expect(line).toMatch(/; Secure/);
    expect(line).toMatch(/; SameSite=Lax/);
    expect(line).toMatch(/; Path=\/(;|$)/);
    expect(line).not.toMatch(/; Domain/i);
  }
});

test('a session of plain http is invalid over https, and the other way round', async () => {
  const owner = await world.owner();
  const plainCookie = [...owner.cookies].find(([name]) => name === 'bf.sid')?.[1] as string;
  const stolen = await world.visitor().get('/dashboard', { ...SECURE, cookie: `__Host-bf.sid=${plainCookie}x` });
  expect(stolen.headers.location).toMatch(/^\/login/);
  const unnamed = await world.visitor().get('/dashboard', { ...SECURE, cookie: `bf.sid=${plainCookie}` });
  expect(unnamed.headers.location).toMatch(/^\/login/);
});

test('a new password gives this browser a new session id, and the old id is invalid', async () => {
  const owner = await world.owner();
  const old = owner.cookies.get('bf.sid') as string;
  const done = await owner.submit('/account/password', { currentPassword: PASSWORD, password: 'nine grey herons at dawn' });
  expect(done.status).toBe(303);
  expect(owner.cookies.get('bf.sid')).not.toBe(old);
  expect((await owner.get('/dashboard')).status).toBe(200);
  expect((await world.visitor().get('/dashboard', { cookie: `bf.sid=${old}` })).status).toBe(303);
});

test('a session id with a changed letter, a foreign signature or none is invalid', async () => {
  const owner = await world.owner();
  const sid = decodeURIComponent(owner.cookies.get('bf.sid') as string);
  const [id = '', signature = ''] = sid.slice(2).split('.');
  const forged = [
    id,
    `s:${id}`,
    `s:${id}.`,
    `s:${id}.${'A'.repeat(43)}`,
    `s:${id.slice(1)}.${signature}`,
    `s:.${signature}`,
    `j:{"id":"${id}"}`,
  ];
  for (const value of forged) {
    const answer = await world.visitor().get('/dashboard', { cookie: `bf.sid=${encodeURIComponent(value)}` });
    expect([value, answer.status]).toEqual([value, 303]);
  }
});

test('a changed e-mail is reported to the old address and ends its reset links', async () => {
  const owner = await world.owner();
  const email = `${owner.username}@example.com`;
  await world.visitor().submit('/forgot-password', { email });
  const link = (await world.site.mails()).map(({ text }) => /\/reset-password\/\S+/.exec(text)?.[0]).findLast(Boolean) as string;
  await owner.submit('/account', { username: owner.username, email: `new.${email}`, language: 'en' });
  const letter = (await world.site.mails()).findLast(({ to }) => to === `new.${email}`);
  await owner.submit(/\/confirm-email\/\S+/.exec(letter?.text ?? '')?.[0] ?? '', {});
  expect((await world.visitor().get(link)).status).toBe(410);
  expect((await world.site.mails()).at(-1)?.to).toBe(email);
});
