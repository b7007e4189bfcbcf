import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createPollingRepo } from '#features/connections/polling.repo.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';
import { createManagerWorld, FAST_TIMES, type ManagerWorld } from './manager-world.ts';

let opened: TestDatabase;
let emulator: TelegramEmulator;
let world: ManagerWorld;

beforeAll(async () => {
  [opened, emulator] = await Promise.all([testDatabase(), startTelegramEmulator()]);
  world = createManagerWorld(opened.database, emulator);
});
afterEach(() => world.stopAll());
afterAll(async () => {
  await emulator.close();
  await opened.close();
});

const addMany = (count: number) =>
  Promise.all(Array.from({ length: count }, () => world.addConnection({ state: 'ACTIVE', username: 'known_bot' })));

test('two processes share the bots: each is polled by exactly one', async () => {
  const all = await addMany(30);
  const [a, b] = [world.manager(), world.manager()];
  await Promise.all([a.start(), b.start()]);
  await emulator.waitFor(() => all.every(({ bot }) => bot.poll));
  for (const { bot } of all) emulator.customerSends(bot, { chatId: 501, text: 'Salom' });
  await emulator.waitFor(() => world.received.length >= all.length);

  expect([...a.running(), ...b.running()].sort()).toEqual(all.map(({ id }) => id).sort());
  expect(world.received).toHaveLength(all.length);
  expect(emulator.overlappingPolls()).toBe(0);
});

test('a process that dies is followed once its leases have run out, with a higher epoch', async () => {
  const all = await addMany(10);
  const [a, b] = [world.manager(), world.manager()];
  await a.start();
  await emulator.waitFor(() => all.every(({ bot }) => bot.poll));
  await b.start();
  expect(b.running()).toEqual([]);
  expect(await world.longestLeaseMs()).toBeLessThanOrEqual(FAST_TIMES.leaseMs);

  await a.stop({ release: false });
  await world.leasesRunOut();
  for (const { bot } of all) emulator.customerSends(bot, { chatId: 501, text: 'kimdir bormi' });
  await emulator.waitFor(() => world.received.length === all.length);
  expect(new Set(world.received.map(({ holder, epoch }) => `${holder} ${epoch}`))).toEqual(new Set([`${b.holder} 2`]));
  expect(emulator.overlappingPolls()).toBe(0);
});

test('a bot that is claimed while leases are renewed is not taken for lost, and its silence is recorded', async () => {
  const [one] = await addMany(1);
  await world.query(
    "INSERT INTO leases (connection_id, holder, epoch, expires_at) VALUES ($1, 'gone', 1, now() - interval '30 hours')",
    [one?.id],
  );
  const store = createPollingRepo({ database: opened.database });
  emulator.fault({ botId: one?.bot.id ?? 0, method: 'getUpdates', times: 1, fault: { kind: 'latency', ms: 1_000 } });
  const gaps: number[] = [];
  let renewals = 0;
  const manager = world.manager({
    store: {
      ...store,
      async renew(holder, leaseMs) {
        renewals += 1;
        if (renewals > 1) return store.renew(holder, leaseMs);
        // Its answer is of the time before the claim.
        await emulator.waitFor(() => manager.running().length === 1);
        return new Map();
      },
      recordGap: async (_id, _epoch, gapMs) => void gaps.push(gapMs),
    },
  });
  await manager.start();
  await emulator.waitFor(() => renewals > 1);
  emulator.customerSends(one?.bot as NonNullable<typeof one>['bot'], { chatId: 501, text: 'Salom' });
  await emulator.waitFor(() => world.received.length === 1);

  expect(gaps).toEqual([expect.closeTo(30 * 3_600_000, -6)]);
});

test('a process that stops in order is replaced at the next reconcile', async () => {
  const [one] = await addMany(1);
  const [a, b] = [world.manager(), world.manager()];
  await a.start();
  await emulator.waitFor(() => one?.bot.poll);
  await b.start();
  await a.stop();
  await emulator.waitFor(() => b.running().length === 1);
  expect(await world.lease(one?.id ?? '')).toEqual({ holder: b.holder, epoch: 2 });
});

test('a suspended holder polls no more once its lease is over, before any query', async () => {
  const [one] = await addMany(1);
  let nowMs = 0;
  const times = { ...FAST_TIMES, leaseMs: 1_500, leaseMarginMs: 300, renewMs: 60_000, reconcileMs: 60_000 };
  const manager = world.manager({ now: () => nowMs, times });
  await manager.start();
  await emulator.waitFor(() => one?.bot.poll);
  nowMs = times.leaseMs - times.leaseMarginMs;
  await emulator.waitFor(() => manager.running().length === 0 && !one?.bot.poll);
  expect(await world.lease(one?.id ?? '')).toMatchObject({ holder: manager.holder });
});

test('a holder whose lease was taken stops at its next renewal and cannot write the state', async () => {
  const [one] = await addMany(1);
  const id = one?.id ?? '';
  const manager = world.manager();
  await manager.start();
  await emulator.waitFor(() => one?.bot.poll);
  await world.query(
    "UPDATE leases SET holder = 'another', epoch = epoch + 1, expires_at = now() + interval '1 hour' WHERE connection_id = $1",
    [id],
  );
  await emulator.waitFor(() => manager.running().length === 0 && !one?.bot.poll);

  const { rows } = await world.query('SELECT md5(sealed_secrets) AS version FROM connections WHERE id = $1', [id]);
  const stale = {
    connectionId: id,
    epoch: 1,
    tokenVersion: rows[0]?.version,
    state: 'FAILED',
    reason: 'polled_elsewhere',
    retryInMs: null,
  } as const;
  expect(await createPollingRepo(opened).report(manager.holder, stale)).toBeNull();
  expect(await world.connection(id)).toMatchObject({ state: 'ACTIVE' });
});

test('an update refused by the store ends polling; the new holder gets it', async () => {
  const [one] = await addMany(1);
  const manager = world.manager({ receive: async () => ({ accepted: false }), times: { ...FAST_TIMES, renewMs: 60_000 } });
  await manager.start();
  await emulator.waitFor(() => one?.bot.poll);
  emulator.customerSends(one?.bot.id ?? 0, { chatId: 501, text: 'Salom' });
  await emulator.waitFor(() => manager.running().length === 0);
  await manager.stop();

  await world.manager().start();
  await emulator.waitFor(() => world.received.length > 0);
  expect(world.textsOf(one?.id ?? '')).toEqual(['Salom']);
});

test('on the embedded database the leases of a killed predecessor are free at once', async () => {
  const [one] = await addMany(1);
  await world.query(
    "INSERT INTO leases (connection_id, holder, epoch, expires_at) VALUES ($1, 'killed', 4, now() + interval '1 hour')",
    [one?.id],
  );
  const manager = world.manager({ onlyProcess: true });
  await manager.start();
  await emulator.waitFor(() => one?.bot.poll);
  expect(await world.lease(one?.id ?? '')).toEqual({ holder: manager.holder, epoch: 5 });
});
