// S29 (sensitive change by a hijacked session), S24 (a stolen session): the password again after ten minutes, the end after 30 days.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import type { RawClient } from './raw-client.ts';
import { twoTenants, type World } from './two-tenants.ts';

let world: World;
let others: Awaited<ReturnType<World['owner']>>;
beforeAll(async () => {
  world = await twoTenants();
  others = await world.owner();
});
afterAll(() => world.close());

const age = (interval: string) =>
  world.sql.query(
    `UPDATE sessions SET data = jsonb_set(data::jsonb, '{signedInMs}',
       to_jsonb(floor(extract(epoch FROM now() - $1::interval) * 1000)))::json`,
    [interval],
  );

type Act = [name: string, who: 'owner' | 'admin', path: () => string, fields: Record<string, string>];
const ACTS: Act[] = [
  ['replacing a token', 'owner', () => '', { telegramToken: 'nonsense' }],
  ['the export', 'owner', () => '/account/export', {}],
  ['giving admin rights', 'admin', () => `/admin/users/${others.things.userId}/grant`, {}],
  ['taking admin rights', 'admin', () => `/admin/users/${others.things.userId}/revoke`, {}],
  [
    'a plan change',
    'admin',
    () => `/admin/users/${others.things.userId}/subscription`,
    { subscriptionType: 'PREMIUM', endDate: '2030-01-31', maxBots: '7', maxMessagesPerMonth: '4321' },
  ],
];

test.each(ACTS)('%s asks for the password after ten minutes and loses nothing', async (_name, who, pathOf, fields) => {
  const owner = await world.owner();
  const doer: RawClient = who === 'admin' ? await world.admin() : owner;
  const path = pathOf() || `/bots/${owner.things.bot}/connections/${owner.things.connectionId}`;
  await age('11 minutes');
  for (const wrong of [{}, { currentPassword: '' }, { currentPassword: 'not this one' }]) {
    const refused = await doer.submit(path, { ...fields, ...wrong });
    expect(refused.status).toBe(422);
    expect(refused.text).toMatch(/<input[^>]* id="currentPassword" name="currentPassword"[^>]*aria-invalid="true"/);
    for (const value of Object.values(fields).filter((text) => text !== 'nonsense')) expect(refused.text).toContain(value);
    expect(refused.text).not.toContain('not this one');
  }
  const done = await doer.submit(path, { ...fields, currentPassword: PASSWORD });
  expect(done.text).not.toContain('name="currentPassword"');
  if (fields['telegramToken'] === undefined) expect(done.status).toBeLessThan(400);
  // Right once, it is not asked again for ten minutes.
  expect((await doer.submit(path, fields)).text).not.toContain('name="currentPassword"');
});

test('within ten minutes of the sign-in nothing asks', async () => {
  const owner = await world.owner();
  await age('9 minutes');
  expect((await owner.submit('/account/export', {})).status).toBe(200);
});

test('guesses are limited, with the form kept', async () => {
  const owner = await world.owner();
  await age('11 minutes');
  const statuses = [];
  for (let i = 0; i < 12; i++) statuses.push((await owner.submit('/account/export', { currentPassword: `guess ${i}` })).status);
  expect(statuses).toEqual([...Array(10).fill(422), 429, 429]);
});

test('a bot or connection is renamed, stopped and started without it', async () => {
  const owner = await world.owner();
  await age('11 minutes');
  const renamed = await owner.submit(`/bots/${owner.things.bot}`, { name: 'Lola', systemPrompt: 'You help.' });
  expect(renamed.status).toBe(303);
});

test('S24: in use every day, a session ends after 30 days', async () => {
  const owner = await world.owner();
  const old = (interval: string) =>
    world.sql.query("UPDATE sessions SET created_at = now() - $1::interval, expires_at = now() + interval '13 days'", [interval]);
  await old('29 days');
  expect((await owner.get('/dashboard')).status).toBe(200);
  await old('30 days');
  expect((await owner.get('/dashboard')).status).toBe(303);
});
