// A photo for channels that fetch it themselves: at its signed address and nowhere else; without an address of ours, not at all.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPhotoAddresses } from '../../../src/features/broadcasts/photos.routes.ts';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { seedAudience } from '../../support/broadcast-world.ts';
import { idOf, makeBot, newOwner, seedConnection } from '../../support/owner.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const ORIGIN = 'https://bots.example';

let reachable: TestApp;
let hidden: TestApp;
beforeAll(async () => {
  [reachable, hidden] = await Promise.all([testApp({ PUBLIC_URL: ORIGIN }), testApp()]);
});
afterAll(() => Promise.all([reachable.close(), hidden.close()]));

async function shop(site: TestApp, platform = 'telegram') {
  const { agent, tenantId } = await newOwner(site);
  const botId = idOf((await makeBot(agent)).split('?')[0] as string);
  const connectionId = await seedConnection(site, tenantId, botId);
  await site.sql.query('UPDATE connections SET platform = $2::"Platform" WHERE id = $1', [connectionId, platform]);
  await seedAudience(site.container.database, { tenantId, botId, connectionId }, 3);
  const photoId = await site.container.features.broadcasts.api.photos.keep(tenantId, botId, { content: PNG, type: 'image/png' });
  return { agent, tenantId, botId, photoId, base: `/bots/${botId}/broadcasts` };
}

const addressOf = (photoId: string): string =>
  new URL(reachable.container.features.broadcasts.api.photoAddresses.of(photoId, 'image/png') as string).pathname;
/** As a platform asks: no cookie, by our public name. */
const fetched = (path: string) => reachable.agent().get(path).set('Host', 'bots.example');

test('the signed address gives the very photo, as a picture that runs nothing, without a session', async () => {
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

test('another photo’s signature, a changed, cut or missing one, and one of another secret open nothing', async () => {
  const [one, other] = [await shop(reachable), await shop(reachable)];
  const [path, foreign] = [addressOf(one.photoId), addressOf(other.photoId)];
  const [file = ''] = path.split('/').slice(-1);
  const base = path.slice(0, -file.length);
  const old = createPhotoAddresses({ secret: 'the secret of before, of thirty-two letters', publicUrl: ORIGIN });
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

test('the address ends with its photo: gone with the bot, it opens nothing', async () => {
  const { agent, botId, photoId } = await shop(reachable);
  const path = addressOf(photoId);
  expect((await fetched(path)).status).toBe(200);
  expect((await postForm(agent, `/bots/${botId}/delete`, {}, `/bots/${botId}`)).status).toBe(303);
  expect((await fetched(path)).status).toBe(404);
});

test.each([
  ['instagram', () => hidden, 0],
  ['telegram', () => hidden, 3],
] as const)('without an address of ours a photo on %s reaches as many as it can: the preflight says why not', async (platform, site, count) => {
  const { agent, base, photoId } = await shop(site(), platform);
  await postForm(agent, '/language', { language: 'en', returnTo: base }, base);
  const { status, text } = await postForm(agent, `${base}/preview`, { text: 'Look', photoId }, base);

  expect(status).toBe(200);
  expect(text).toMatch(new RegExp(`stat__value">${count}<`));
  expect(text.includes('Instagram fetches photos itself')).toBe(count === 0);
  expect(text.includes('Nobody would get this message now')).toBe(count === 0);
});

test('with an address of ours Instagram gets the photo too, and without a photo it never needed one', async () => {
  for (const [site, photo] of [
    [reachable, true],
    [hidden, false],
  ] as const) {
    const { agent, base, photoId, botId } = await shop(site, 'instagram');
    // Instagram is written to within a day of the customer's last message.
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
