import { expect, test } from 'vitest';
import { planBanner } from '../../src/core/plan-banner.ts';
import { waitedSince } from '../../src/core/waited.ts';

const now = new Date('2026-11-29T12:00:00Z');
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

test.each([
  ['a plan without an end and with answers', { endsAt: null, used: 10, limit: 100 }, null],
  ['a plan that ends in two weeks', { endsAt: inHours(14 * 24), used: 10, limit: 100 }, null],
  ['a plan that ends tomorrow', { endsAt: inHours(20), used: 10, limit: 100 }, { kind: 'ends', at: inHours(20), days: 1 }],
  ['a plan that has ended', { endsAt: inHours(-1), used: 100, limit: 100 }, { kind: 'ended' }],
  ['answers that are used up', { endsAt: inHours(20), used: 100, limit: 100 }, { kind: 'used_up' }],
  ['a tenth of the answers', { endsAt: null, used: 90, limit: 100 }, { kind: 'low', left: 10 }],
  ['more than a tenth of the answers', { endsAt: null, used: 89, limit: 100 }, null],
])('%s', (_what, plan, banner) => {
  expect(planBanner(plan, now)).toEqual(banner);
});

test.each([
  [-0.1, 'minutes', 0],
  [0.5, 'minutes', 30],
  [3.9, 'hours', 3],
  [24, 'days', 1],
  [72.5, 'days', 3],
])('%f hours ago is in %s: %i', (hours, unit, count) => {
  expect(waitedSince(inHours(-hours), now)).toEqual({ unit, count });
});
