import { z } from 'zod';
import type { AiFailure } from './gemini-failure.ts';

const embedding = z.object({ values: z.array(z.number()) });
const usageMetadata = z.object({ promptTokenCount: z.number().catch(0) }).catch({ promptTokenCount: 0 });
const response = z.union([
  z.object({ embedding, usageMetadata }).transform(({ embedding: { values }, usageMetadata: usage }) => ({
    vectors: [values],
    promptTokens: usage.promptTokenCount,
  })),
  z.object({ embeddings: z.array(embedding), usageMetadata }).transform(({ embeddings, usageMetadata: usage }) => ({
    vectors: embeddings.map(({ values }) => values),
    promptTokens: usage.promptTokenCount,
  })),
]);

/** `rejected` unless there is one vector of the asked size for each text. No tokens where Google tells none. */
export function readVectors(
  body: unknown,
  { count, dimensions }: { count: number; dimensions: number },
): { ok: true; vectors: number[][]; promptTokens: number } | AiFailure {
  const parsed = response.safeParse(body);
  const isWhole =
    parsed.success && parsed.data.vectors.length === count && parsed.data.vectors.every(({ length }) => length === dimensions);
  return isWhole ? { ok: true, ...parsed.data } : { ok: false, reason: 'rejected' };
}
