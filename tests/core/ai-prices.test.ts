import { expect, test } from 'vitest';
import { costMicroUsd } from '../../src/core/ai-prices.ts';

const tokens = { promptTokens: 4_000, answerTokens: 120 };

test.each([
  ['gemini-3.5-flash-lite', '2026-11-29', 1_500],
  ['gemini-3.1-flash-lite', '2026-11-29', 1_180],
  ['gemini-3.8-flash', '2026-12-31', 3_450],
  ['gemini-3.8-flash', '2027-01-01', 6_900],
  ['gemini-9-flash', '2026-11-29', null],
])('4,000 tokens read and 120 written by %s on %s cost %s millionths of a dollar', (model, day, cost) => {
  expect(costMicroUsd(model, tokens, new Date(`${day}T12:00:00Z`))).toBe(cost);
});
