import { costMicroUsd } from '#core/ai-prices.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { quantize } from '#core/search/vectors.ts';
import type { MayCall } from './daily-allowance.ts';
import type { EmbedRequest, GeminiEmbedder } from './gemini.client.ts';

/** Advised by Google beside 1,536 and 3,072; a few thousand such vectors are compared in milliseconds. */
export const DIMENSIONS = 768;
const QUERY_DEADLINE_MS = 300;
const PASSAGES_DEADLINE_MS = 20_000;
/** After so many failures in a row questions are not embedded for a while, so that they wait for nothing. */
const MOST_FAILURES = 3;
const PAUSE_MS = 30_000;
const MAX_QUERY_CHARS = 2_000;
/** Of one batch (ai.google.dev/api/embeddings, seen 2026-11). */
const MOST_TEXTS = 100;

export type EmbeddedPassages = { ok: true; vectors: Int8Array[] } | { ok: false; reason: AiFailureReason };

// gemini-embedding-2 ignores taskType and wants the task in the text (platform-facts 4; mteb PR #4851).
const queryText = (query: string): string => `task: search result | query: ${query.slice(0, MAX_QUERY_CHARS)}`;
const passageText = (title: string, passage: string): string => `title: ${title} | text: ${passage}`;

/** Google tells no tokens of vectors (github.com/BerriAI/litellm/issues/24339). Uzbek and Russian have about three letters in each. */
const CHARS_PER_TOKEN = 3;
const estimated = (texts: readonly string[]): number =>
  Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) / CHARS_PER_TOKEN);

/** Vectors for the search. A failure is an ordinary answer: the word search needs none. */
export function createEmbeddings({
  client,
  model,
  mayCall = async () => true,
  spent = () => {},
  now = Date.now,
}: {
  client: GeminiEmbedder;
  model: string;
  mayCall?: MayCall;
  /** Each call, also a failed one. */
  spent?: (tenantId: string, spent: AiSpent) => void;
  now?: () => number;
}) {
  let failures = 0;
  let pausedUntilMs = 0;

  /** S68: counted with the businesses without a plan, because the words of the search answer without it. */
  async function embed(tenantId: string, texts: string[], signal: AbortSignal): ReturnType<GeminiEmbedder['embed']> {
    if (!(await mayCall(true))) return { ok: false, reason: 'installation_limit' };
    const request: EmbedRequest = { model, texts, dimensions: DIMENSIONS, signal };
    const embedded = await client.embed(request);
    const told = embedded.ok ? embedded.promptTokens || estimated(texts) : 0;
    const tokens = { promptTokens: told, answerTokens: 0 };
    spent(tenantId, { calls: 1, ...tokens, costMicroUsd: costMicroUsd(model, tokens, new Date(now())) ?? 0 });
    return embedded;
  }

  return {
    model,
    dimensions: DIMENSIONS,

    /** Null when it fails, or takes longer than 300 ms. */
    async ofQuery(tenantId: string, query: string): Promise<Int8Array | null> {
      if (now() < pausedUntilMs) return null;
      const signal = AbortSignal.timeout(QUERY_DEADLINE_MS);
      const embedded = await embed(tenantId, [queryText(query)], signal);
      failures = embedded.ok ? 0 : failures + 1;
      if (failures >= MOST_FAILURES) {
        failures = 0;
        pausedUntilMs = now() + PAUSE_MS;
      }
      return embedded.ok ? quantize(embedded.vectors[0] as number[]) : null;
    },

    async ofPassages(tenantId: string, title: string, passages: readonly string[]): Promise<EmbeddedPassages> {
      const texts = passages.map((passage) => passageText(title, passage));
      const signal = AbortSignal.timeout(PASSAGES_DEADLINE_MS);
      const vectors: Int8Array[] = [];
      for (let from = 0; from < texts.length; from += MOST_TEXTS) {
        const part = texts.slice(from, from + MOST_TEXTS);
        const embedded = await embed(tenantId, part, signal);
        if (!embedded.ok) return { ok: false, reason: embedded.reason };
        vectors.push(...embedded.vectors.map(quantize));
      }
      return { ok: true, vectors };
    },
  };
}

export type Embeddings = ReturnType<typeof createEmbeddings>;
