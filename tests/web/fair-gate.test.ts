// I9: beside others, a key uses its share of the event loop's time and no more; alone it may use all of it.
import { expect, test } from 'vitest';
import { createLoopTime } from '../../src/platform/loop-time.ts';
import { createTokenBuckets } from '../../src/platform/token-buckets.ts';
import { createFairGate } from '../../src/web/fair-gate.ts';
import { createRivals } from '../../src/web/rivals.ts';

const NEVER = new AbortController().signal;

/** A clock that this test moves; the loop is busy all the time. */
function world({ atOnce = 2, capacity = 300, perSecond = 1_000_000 } = {}) {
  const clock = { ms: 0 };
  const nowMs = () => clock.ms;
  const rivals = createRivals({ nowMs });
  const loop = createLoopTime({ busyMs: nowMs, nowMs });
  const time = createTokenBuckets({ capacity, perSecond, nowMs });
  const gate = createFairGate({ atOnce, time, loop, hasRivals: rivals.near });
  const admitted: string[] = [];
  const take = async (key: string, name: string) => {
    const place = await gate.take(key, NEVER);
    admitted.push(name);
    return place;
  };
  return { clock, rivals, gate, admitted, take, settled: () => new Promise(setImmediate) };
}

test('a key that used up its time waits while others are near, and goes on with what the next second brings', async () => {
  const { clock, rivals, gate, take, admitted } = world({ atOnce: 1, capacity: 300, perSecond: 100 });
  rivals.seen('other');
  rivals.seen('greedy');
  const first = await take('greedy', 'first');
  const second = take('greedy', 'second');
  clock.ms = 400;
  first?.leave();
  (await take('other', 'other'))?.leave();
  expect([admitted, gate.waiting('greedy')]).toEqual([['first', 'other'], 1]);
  clock.ms = 1_500;
  rivals.seen('other');
  (await second)?.leave();
  expect(admitted).toEqual(['first', 'other', 'second']);
});

test('one request after the other is not held up, whoever is near', async () => {
  const { clock, take, rivals, admitted } = world({ capacity: 10, perSecond: 1 });
  for (let i = 0; i < 5; i += 1) {
    rivals.seen('other');
    rivals.seen('steady');
    const place = await take('steady', String(i));
    clock.ms += 1_000;
    place?.leave();
  }
  expect(admitted).toHaveLength(5);
});

test('alone it may use all of the time', async () => {
  const { clock, take, rivals, admitted } = world({ atOnce: 1, capacity: 10, perSecond: 1 });
  rivals.seen('only');
  const places = ['0', '1', '2', '3', '4'].map((name) => take('only', name));
  for (const place of places) {
    const taken = await place;
    clock.ms += 1_000;
    taken?.leave();
  }
  expect(admitted).toEqual(['0', '1', '2', '3', '4']);
});

test('who is away leaves the place to the next, and comes back before those who wait', async () => {
  const { take, admitted, settled } = world({ atOnce: 1 });
  const first = await take('shop', 'first');
  const [second, third] = [take('shop', 'second'), take('shop', 'third')];
  first?.leave();
  await second;
  const back = first?.comeBack(NEVER).then(() => admitted.push('first again'));
  await settled();
  expect(admitted).toEqual(['first', 'second']);
  (await second)?.leave();
  await back;
  expect(admitted).toEqual(['first', 'second', 'first again']);
  first?.leave();
  await third;
});

test('who leaves while waiting takes no place, in the line and on the way back', async () => {
  const { gate, take } = world({ atOnce: 1 });
  const first = await take('shop', 'first');
  const leaving = new AbortController();
  const second = gate.take('shop', leaving.signal);
  leaving.abort();
  expect([await second, gate.waiting('shop')]).toEqual([null, 0]);
  first?.leave();
  const third = await take('shop', 'third');
  const left = new AbortController();
  const back = first?.comeBack(left.signal);
  left.abort();
  await back;
  third?.leave();
  expect(await take('shop', 'fourth')).not.toBeNull();
});
