// S69, S70: what the broadcasts and uploads of one business take up of the disk and of memory. Races are proven on Postgres.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLANS } from '../../../src/core/plans.ts';
import { type Agent, csrfOf, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addAudience } from '../../support/factories.ts';
import { newShop, type OwnedShop } from '../../support/owner.ts';

const MB = 1_048_576;
const LATER = new Date(Date.now() + 86_400_000).toISOString();

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function shop(): Promise<OwnedShop & { base: string; token: string }> {
  const made = await newShop(site);
  await addAudience(site, made, 1);
  const base = `${made.bot}/broadcasts`;
  return { ...made, base, token: csrfOf((await made.agent.get(base)).text) };
}
/** A JPEG by its first bytes. */
const photo = (bytes: number): Buffer => Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), randomBytes(bytes - 10)]);
const withPhoto = ({ agent, base, token }: { agent: Agent; base: string; token: string }, name: string, bytes: number) =>
  agent.post(base).field({ _csrf: token, text: name, scheduledAt: LATER }).attach('photo', photo(bytes), 'photo.jpg');
const bytesOf = async ({ tenantId }: OwnedShop) =>
  (
    await site.sql.query<{ n: number }>(
      'SELECT coalesce(sum(octet_length(content)), 0)::int AS n FROM broadcast_photos WHERE tenant_id = $1',
      [tenantId],
    )
  ).rows[0]?.n ?? -1;

test('photos take no more room than the plan has; the form says so, and room comes back with time', async () => {
  const own = await shop();
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await withPhoto(own, `Offer ${i}`, 4.9 * MB)).status);
  expect(statuses).toEqual([303, 303, 303, 303, 303, 422]);
  expect((await withPhoto(own, 'One more', 4.9 * MB)).text).toContain('Photos of your broadcasts take all the room of your plan');
  expect(await bytesOf(own)).toBeLessThanOrEqual(PLANS.FREE.maxPhotoBytes);
  expect((await postForm(own.agent, own.base, { text: 'Without a photo', scheduledAt: LATER }, own.base)).status).toBe(303);

  const longAgo = new Date(Date.now() - 91 * 86_400_000);
  await site.sql.query("UPDATE broadcasts SET state = 'finished', finished_at = $2 WHERE tenant_id = $1", [
    own.tenantId,
    longAgo,
  ]);
  await site.sql.query('UPDATE broadcast_photos SET created_at = $2 WHERE tenant_id = $1', [own.tenantId, longAgo]);
  await site.container.features.broadcasts.api.photos.removeUnusedAcrossTenants(new Date());
  expect(await bytesOf(own)).toBe(0);
  expect((await withPhoto(own, 'Again', 4.9 * MB)).status).toBe(303);
});

test('photos of forms that are not sent give way to new ones', async () => {
  const own = await shop();
  for (let i = 0; i < 8; i++) {
    const page = await own.agent
      .post(`${own.base}/preview`)
      .field({ _csrf: own.token, text: 'x' })
      .attach('photo', photo(4.9 * MB), 'p.jpg');
    expect(page.status).toBe(200);
  }
  expect(await bytesOf(own)).toBeLessThanOrEqual(PLANS.FREE.maxPhotoBytes);
});

test('by two processes at once a business never has more photos or waiting broadcasts than its plan allows', async () => {
  const own = await shop();
  const second = await site.another();
  try {
    const keep = (i: number) =>
      (i % 2 ? second : site).container.features.broadcasts.api.photos.keep(own.tenantId, own.botId, {
        content: photo(MB),
        type: 'image/jpeg',
      });
    // One by one to just below the limit: so many at once would wait too long for each other on a busy machine.
    for (let i = 0; i < 22; i += 1) await keep(i);
    const kept = await Promise.all(Array.from({ length: 8 }, (_, i) => keep(i)));
    expect(kept.filter((id) => id !== null).length).toBeGreaterThan(0);
    expect(await bytesOf(own)).toBeLessThanOrEqual(PLANS.FREE.maxPhotoBytes);

    const max = PLANS.FREE.maxScheduledBroadcasts;
    const send = (i: number) =>
      own.agent
        .post(own.base)
        .type('form')
        .send({ _csrf: own.token, text: `Offer ${i}`, scheduledAt: LATER });
    const answers = await Promise.all(Array.from({ length: max + 5 }, (_, i) => send(i)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(max);
    expect(answers.find(({ status }) => status === 422)?.text).toContain('As many broadcasts are waiting as your plan allows');
  } finally {
    await second.close();
  }
});

test('one person uploads one file at a time, and of many some get 429', async () => {
  const own = await shop();
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      own.agent
        .post(`${own.base}/preview`)
        .field({ _csrf: own.token, text: `x${i}` })
        .attach('photo', photo(3 * MB), 'p.jpg'),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect([statuses.includes(200), statuses.includes(429), statuses.every((status) => status === 200 || status === 429)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('5');
});
