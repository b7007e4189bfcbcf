// 60 messages that were written before the rules were.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isComplaint } from '../../src/core/complaint.ts';
import { decideReply } from '../../src/core/decide-reply.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
const { complaints, others }: { complaints: string[]; others: string[] } = read('complaints');
const questions: string[] = [
  ...['bakery', 'clothes', 'courses', 'dental'].flatMap((name) => read(`answers/${name}`).questions),
  ...read('attention-messages').none,
].map(({ text }: { text: string }) => text);

test('95 in 100 complaints are for a person, without the AI', () => {
  const missed = complaints.filter((text) => {
    const decision = decideReply({ turn: [{ id: 1, externalId: '1', kind: 'text', text, attachment: null }], greeting: null });
    return !(decision.act === 'fixed' && decision.needsPerson);
  });
  expect(missed.length / complaints.length, missed.join(' | ')).toBeLessThanOrEqual(0.05);
});

test('at most 3 in 100 other messages are taken for complaints', () => {
  const all = [...others, ...read('person-requests').others, ...questions];
  const wrong = all.filter(isComplaint);
  expect(all.length).toBeGreaterThan(500);
  expect(wrong.length / all.length, wrong.join(' | ')).toBeLessThanOrEqual(0.003);
  expect(others.filter(isComplaint)).toEqual([]);
});

test('a complaint with a photo is for a person too', () => {
  const photo = { id: 1, externalId: '1', kind: 'photo', text: 'Pulimni qaytaring', attachment: { fileId: 'f' } } as const;
  expect(decideReply({ turn: [photo], greeting: null })).toMatchObject({ sentence: 'complaint', needsPerson: true });
});
