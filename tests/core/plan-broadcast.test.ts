import { expect, test } from 'vitest';
import { judgeStart } from '../../src/core/broadcast-state.ts';
import { type AudienceGroup, planBroadcast } from '../../src/core/plan-broadcast.ts';

const group = (rest: Partial<AudienceGroup>): AudienceGroup => ({
  connectionId: 'c1',
  channel: 'telegram',
  skip: null,
  byTemplate: false,
  count: 1,
  ...rest,
});

test('recipients are counted by channel, skipped customers by reason, most frequent first', () => {
  const plan = planBroadcast({
    planLeft: 1_000,
    groups: [
      group({ count: 60 }),
      group({ connectionId: 'c2', channel: 'whatsapp', count: 5 }),
      group({ connectionId: 'c2', channel: 'whatsapp', byTemplate: true, count: 2 }),
      group({ connectionId: 'c3', count: 40 }),
      group({ skip: 'blocked', count: 2 }),
      group({ connectionId: 'c2', channel: 'whatsapp', skip: 'no_template', count: 9 }),
      group({ connectionId: 'c3', skip: 'blocked', count: 3 }),
    ],
  });

  expect(plan).toMatchObject({ recipients: 107, covered: true, refusal: null });
  expect(plan.byChannel).toEqual([
    { channel: 'telegram', count: 100, byTemplate: 0 },
    { channel: 'whatsapp', count: 7, byTemplate: 2 },
  ]);
  expect(plan.skipped).toEqual([
    { reason: 'no_template', count: 9 },
    { reason: 'blocked', count: 5 },
  ]);
});

test('connections send in parallel, so the slowest decides the duration', () => {
  const groups = [group({ count: 5_000 }), group({ connectionId: 'c2', count: 100 })];
  expect(planBroadcast({ groups, planLeft: 10_000 }).seconds).toBe(186);
});

test.each([
  [100, 100, null],
  [101, 100, 'plan_limit'],
  [0, 100, 'nobody'],
])('%i recipients with %i left in the plan: %s', (count, planLeft, refusal) => {
  expect(planBroadcast({ groups: [group({ count })], planLeft }).refusal).toBe(refusal);
});

test('an empty audience takes no time', () => {
  expect(planBroadcast({ groups: [], planLeft: 5 })).toMatchObject({ recipients: 0, seconds: 0, skipped: [] });
});

test.each([
  [{ settled: 20, failed: 2 }, 'wait'],
  [{ settled: 50, failed: 5 }, 'go_on'],
  [{ settled: 50, failed: 6 }, 'halt'],
  [{ settled: 10, failed: 6 }, 'halt'],
])('a start of %j: %s', (start, verdict) => {
  expect(judgeStart(start)).toBe(verdict);
});
