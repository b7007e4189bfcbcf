interface Price {
  /** US dollars per million tokens, which equals micro-dollars per token. */
  prompt: number;
  answer: number;
}

// List prices of Gemini models, text, standard tier. Sources: ai.google.dev/gemini-api/docs/pricing by way of
// docs.apiyi.com/models/gemini-3-5-flash-lite (2026-07-31), vercel.com/ai-gateway/models/gemini-3.1-flash-lite and
// github.com/BerriAI/litellm/discussions/36799 (3.7 and 3.8: launch price until 2026-12-31), all read 2026-11-29.
const PRICES: readonly (readonly [name: string, price: Price, until?: string, then?: Price])[] = [
  ['gemini-3.5-flash-lite', { prompt: 0.3, answer: 2.5 }],
  ['gemini-3.1-flash-lite', { prompt: 0.25, answer: 1.5 }],
  ['gemini-3.7-flash', { prompt: 0.75, answer: 3.75 }, '2027-01-01', { prompt: 1.5, answer: 7.5 }],
  ['gemini-3.8-flash', { prompt: 0.75, answer: 3.75 }, '2027-01-01', { prompt: 1.5, answer: 7.5 }],
  // Text. Sources: github.com/braintrustdata/braintrust-proxy/pull/1010 (2026-07-22), developers.googleblog.com, read 2026-11-29.
  ['gemini-embedding-2', { prompt: 0.2, answer: 0 }],
  ['gemini-embedding-001', { prompt: 0.15, answer: 0 }],
];

/** Soʻm for a US dollar, unless the installation says another (USD_UZS). */
export const DEFAULT_USD_UZS = 12_000;

export interface TokenCounts {
  promptTokens: number;
  answerTokens: number;
}

/** Null for a model without a known price. */
export function costMicroUsd(model: string, { promptTokens, answerTokens }: TokenCounts, at: Date): number | null {
  const known = PRICES.find(([name]) => name === model);
  if (!known) return null;
  const [, first, until, later] = known;
  const price = until && later && at >= new Date(until) ? later : first;
  return Math.round(promptTokens * price.prompt + answerTokens * price.answer);
}
