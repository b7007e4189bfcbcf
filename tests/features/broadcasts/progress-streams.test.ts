import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Broadcast, CountRow } from '../../../src/features/broadcasts/broadcast.ts';
import { createProgressStreams } from '../../../src/features/broadcasts/progress.ts';
import { createStreamLimit } from '../../../src/web/live-streams.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const watcher = { userId: 'u1', sessionKey: 's1' };
const watched = { tenantId: 't1', botId: 'b1', id: 'x1' };

function world() {
  const state = {
    broadcast: { id: 'x1', state: 'sending' } as Broadcast | null,
    counts: [{ state: 'queued', reason: null, count: 5 }] as CountRow[],
    tenant: 't1' as string | null,
    reads: 0,
    asked: 0,
    whileAsked: () => {},
  };
  const streams = createProgressStreams({
    find: async (tenantId) => (tenantId === 't1' ? state.broadcast : null),
    counts: async () => {
      state.reads += 1;
      return state.counts;
    },
    streamLimit: createStreamLimit(),
    tenantsOfSessions: async (keys) => {
      state.asked += 1;
      state.whileAsked();
      return new Map(keys.flatMap((key) => (state.tenant === null ? [] : [[key, state.tenant] as const])));
    },
  });
  const seen: string[] = [];
  const other = { heartbeats: 0, ended: 0, renewed: 0 };
  const listener = {
    changed: (id: string) => void seen.push(id),
    heartbeat: () => void other.heartbeats++,
    end: () => void other.ended++,
    renew: () => void other.renewed++,
  };
  return { state, streams, seen, other, listener };
}

test('progress is sent at once and then only on changes, with heartbeats in between', async () => {
  const { state, streams, seen, other, listener } = world();
  const stop = streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toHaveLength(1);

  state.counts = [{ state: 'sent', reason: null, count: 5 }];
  await vi.advanceTimersByTimeAsync(30_000);
  expect([seen.length, new Set(seen).size]).toEqual([2, 2]);
  expect(other.heartbeats).toBe(2);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(other.heartbeats).toBe(2);
});

test('a viewer who is suspended or moved to another business gets nothing more', async () => {
  const { state, streams, seen, other, listener } = world();
  streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(1_500);
  state.tenant = 't2';
  state.counts = [{ state: 'sent', reason: null, count: 5 }];
  await vi.advanceTimersByTimeAsync(5_000);

  expect(seen).toHaveLength(1);
  expect(other.ended).toBe(1);
});

test('another tenant gets the end event only', async () => {
  const { state, streams, seen, other, listener } = world();
  state.tenant = 't2';
  streams.watch(watcher, { ...watched, tenantId: 't2' }, listener);
  await vi.advanceTimersByTimeAsync(2_000);

  expect(seen).toEqual([]);
  expect(other.ended).toBe(1);
});

test('the stream ends with the broadcast', async () => {
  const { state, streams, seen, other, listener } = world();
  streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(1_500);
  state.broadcast = { id: 'x1', state: 'finished' } as Broadcast;
  await vi.advanceTimersByTimeAsync(2_000);

  expect(seen).toHaveLength(2);
  expect(other.ended).toBe(1);
});

test('all viewers of a broadcast share one query a second', async () => {
  const { state, streams, listener } = world();
  for (let user = 0; user < 50; user += 1) streams.watch({ userId: `u${user}`, sessionKey: `s${user}` }, watched, listener);
  await vi.advanceTimersByTimeAsync(4_050);
  expect(state.reads).toBeLessThanOrEqual(6);
  expect(state.asked).toBeLessThanOrEqual(5);
});

test('a person has a limited number of streams; an ended one frees its place', async () => {
  const { streams, listener } = world();
  const stops = Array.from({ length: 6 }, () => streams.watch(watcher, watched, listener));
  expect(() => streams.watch(watcher, watched, listener)).toThrow('errors.too_many_requests');
  expect(() => streams.watch({ userId: 'u2', sessionKey: 's2' }, watched, listener)).not.toThrow();
  stops[0]?.();
  expect(() => streams.watch(watcher, watched, listener)).not.toThrow();
});

test('an unchanged broadcast is polled less and less often, and at the normal rate after a change', async () => {
  const { state, streams, seen, listener } = world();
  streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(state.reads).toBeLessThanOrEqual(14);

  state.counts = [{ state: 'sent', reason: null, count: 1 }];
  await vi.advanceTimersByTimeAsync(4_000);
  expect(seen).toHaveLength(2);
  state.counts = [{ state: 'sent', reason: null, count: 2 }];
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen).toHaveLength(3);
});

test('a stream makes its reader reconnect within a minute, who then gets changes only', async () => {
  const { state, streams, seen, other, listener } = world();
  streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([other.renewed, other.ended, seen.length]).toEqual([1, 0, 1]);

  streams.watch(watcher, watched, listener, seen[0]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toHaveLength(1);
  state.counts = [{ state: 'sent', reason: null, count: 5 }];
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toHaveLength(2);
});

test('a viewer who joins during a poll stays', async () => {
  const { state, streams, other, listener } = world();
  streams.watch(watcher, watched, listener);
  state.whileAsked = () => {
    state.whileAsked = () => {};
    streams.watch({ userId: 'u2', sessionKey: 's2' }, watched, listener);
  };
  await vi.advanceTimersByTimeAsync(3_000);

  expect(other.ended).toBe(0);
});

test('when the process ends browsers are told to reconnect, and new streams are refused', async () => {
  const { streams, other, listener } = world();
  streams.watch(watcher, watched, listener);
  await vi.advanceTimersByTimeAsync(1_500);
  streams.close();

  expect(other).toMatchObject({ renewed: 1, ended: 0 });
  expect(() => streams.watch(watcher, watched, listener)).toThrow('errors.unavailable');
});
