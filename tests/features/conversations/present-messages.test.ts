import { expect, test } from 'vitest';
import { outcomeColumns } from '../../../src/core/answer-outcome.ts';
import type { MessageLine } from '../../../src/features/conversations/messages.read.ts';
import { presentMessages } from '../../../src/features/conversations/present-messages.ts';

const line = (fields: Partial<MessageLine>): MessageLine => ({
  id: 1,
  direction: 'out',
  kind: 'text',
  text: 'x',
  attachment: null,
  mediaText: null,
  mediaReason: null,
  refersTo: null,
  writerName: null,
  status: 'sent',
  mode: 'ai',
  reason: null,
  sources: null,
  correction: null,
  aiTrace: null,
  charged: false,
  ...outcomeColumns(undefined),
  tookMs: null,
  sentMs: null,
  writtenAt: null,
  createdAt: new Date('2026-11-22T10:00:00Z'),
  question: null,
  kept: null,
  writtenBy: null,
  ...fields,
});
const now = new Date('2026-11-22T20:30:00Z');
const inTashkent = (...times: string[]) =>
  presentMessages(
    times.map((at) => line({ writtenAt: null, createdAt: new Date(at) })),
    { timeZone: 'Asia/Tashkent', now },
  ).map(({ day }) => day?.label ?? (day ? 'date' : null));

test('days are in the business’s zone: 20:30 UTC is tomorrow in Tashkent', () => {
  expect(inTashkent('2026-11-20T10:00:00Z', '2026-11-22T10:00:00Z', '2026-11-22T18:59:00Z', '2026-11-22T19:01:00Z')).toEqual([
    'date',
    'yesterday',
    null,
    'today',
  ]);
});

test.each([
  ['no_key', 'sent', 'reasons.ai.no_key'],
  ['unreachable', 'sent', 'reasons.ai.unreachable'],
  ['unreachable', 'failed', 'reasons.peer.unreachable'],
  ['blocked_by_customer', 'failed', 'reasons.peer.blocked_by_customer'],
  ['<script>', 'failed', null],
  [null, 'sent', null],
])('reason %j of a message that is %s has the key %j', (reason, status, key) => {
  expect(presentMessages([line({ reason, status })], { timeZone: 'UTC', now })[0]?.reasonKey).toBe(key);
});

test('an answer without a fitting entry is marked as missing knowledge', () => {
  const [item] = presentMessages([line({ mode: 'fallback', reason: 'no_knowledge' })], { timeZone: 'UTC', now });
  expect(item).toMatchObject({ missing: true, reasonKey: null });
});

test.each([
  ['two minutes', 2, false],
  ['ten minutes', 10, true],
  ['three days', 3 * 24 * 60, true],
])('a message that reached us %s after it was written is late or not', (_name, minutes, late) => {
  const createdAt = new Date('2026-11-22T10:00:00Z');
  const writtenAt = new Date(createdAt.getTime() - minutes * 60_000);
  const [item] = presentMessages([line({ direction: 'in', createdAt, writtenAt })], { timeZone: 'Asia/Tashkent', now });
  expect(item?.late).toBe(late);
});
