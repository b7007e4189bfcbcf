// Photos for channels that fetch them: only at a signed address, and only with a public address.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPhotoAddresses } from '../../../src/features/broadcasts/photos.routes.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { addAudience } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const ORIGIN = 'https://bots.example';

let reachable: TestApp;
let hidden: TestApp;
beforeAll(async () => {
  [reachable, hidden] = await Promise.all([testApp({ PUBLIC_URL: ORIGIN }), testApp()]);
});
afterAll(() => Promise.all([reachable.close(), hidden.close()]));

async function shop(site: TestApp, platform = 'telegram') {
  const owned = await newShop(site, { connection: { platform }, language: 'uz' });
  await addAudience(site, owned, 3);
  const png = { content: PNG, type: 'image/png' } as const;
  const photoId = (await site.container.features.broadcasts.api.photos.keep(owned.tenantId, owned.botId, png)) as string;
  return { ...owned, photoId, base: `${owned.bot}/broadcasts` };
}

const addressOf = (photoId: string): string =>
  new URL(reachable.container.features.broadcasts.api.photoAddresses.of(photoId, 'image/png') as string).pathname;
/** A platform's request: without a cookie, to the public host. */
const fetched = (path: string) => reachable.agent().get(path).set('Host', 'bots.example');

test('the signed address returns the photo with safe headers, without a session', async () => {
  const { photoId } = await shop(reachable);
  const { status, body, headers } = await fetched(addressOf(photoId));

  expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
    200,
    'image/png',
    'attachment; filename=photo.png',
  ]);
  expect(body).toEqual(PNG);
  expect(headers['content-security-policy']).toContain('sandbox');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers).not.toHaveProperty('set-cookie');
});

test('a changed, cut, missing or foreign signature is refused', async () => {
  const [one, other] = [await shop(reachable), await shop(reachable)];
  const [path, foreign] = [addressOf(one.photoId), addressOf(other.photoId)];
  const [file = ''] = path.split('/').slice(-1);
  const base = path.slice(0, -file.length);
  const old = createPhotoAddresses({ secrets: ['the secret of before, of thirty-two letters'], publicUrl: ORIGIN });
  const flipped = `${file.startsWith('A') ? 'B' : 'A'}${file.slice(1)}`;
  const wrong = [
    foreign.split('/').at(-1) as string,
    flipped,
    file.slice(1),
    `${file.slice(0, -5)}.png`,
    file.replace('.png', '.png.png'),
    file.toUpperCase() === file ? file.toLowerCase() : file.toUpperCase(),
    '.png',
    'undefined.png',
    new URL(old.of(one.photoId, 'image/png') as string).pathname.split('/').at(-1) as string,
  ];
  for (const name of wrong) expect([name, (await fetched(base + name)).status]).toEqual([name, 404]);
  expect((await fetched(`/media/photos/01890000-0000-7000-8000-000000000000/${file}`)).status).toBe(404);
  expect((await fetched(path)).status).toBe(200);
});

test('after the bot’s deletion the address is 404', async () => {
  const { agent, botId, photoId } = await shop(reachable);
  const path = addressOf(photoId);
  expect((await fetched(path)).status).toBe(200);
  expect((await postForm(agent, `/bots/${botId}/delete`, {}, `/bots/${botId}`)).status).toBe(303);
  expect((await fetched(path)).status).toBe(404);
});

test.each([
  ['instagram', () => hidden, 0],
  ['telegram', () => hidden, 3],
] as const)('without a public address a photo on %s reaches those it can; the preflight says why not', async (platform, site, count) => {
  const { agent, base, photoId } = await shop(site(), platform);
  await postForm(agent, '/language', { language: 'en', returnTo: base }, base);
  const { status, text } = await postForm(agent, `${base}/preview`, { text: 'Look', photoId }, base);

  expect(status).toBe(200);
  expect(text).toMatch(new RegExp(`stat__value">${count}<`));
  expect(text.includes('Instagram fetches photos itself')).toBe(count === 0);
  expect(text.includes('Nobody would get this message now')).toBe(count === 0);
});

test('with a public address Instagram gets the photo; a broadcast without a photo needs none', async () => {
  for (const [site, photo] of [
    [reachable, true],
    [hidden, false],
  ] as const) {
    const { agent, base, photoId, botId } = await shop(site, 'instagram');
    // Instagram allows messages within a day of the customer's last one.
    await site.sql.query(
      `INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, kind, text, status)
       SELECT tenant_id, id, connection_id, customer_id, 'in', 'text', 'Salom', 'answered' FROM conversations WHERE bot_id = $1`,
      [botId],
    );
    const fields = { text: 'Look', ...(photo && { photoId }) };
    const agentAt = photo ? agent.set('Host', 'bots.example') : agent;
    expect((await postForm(agentAt, `${base}/preview`, fields, base)).text).toMatch(/stat__value">3</);
  }
});
