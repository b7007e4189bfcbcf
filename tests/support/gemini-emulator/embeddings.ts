// embedContent and batchEmbedContents, as strict as the API. Sources: ai.google.dev/api/embeddings (seen 2026-11); platform-facts 4.
import { errorBody } from './protocol.ts';

export interface EmbedBody {
  requests: { model?: string; content?: { parts?: { text?: string }[] }; outputDimensionality?: number }[];
}

export interface EmbedRequest {
  model: string;
  apiKey: string | null;
  texts: string[];
  dimensions: number[];
}

const FIELDS = new Set(['model', 'content', 'taskType', 'title', 'outputDimensionality']);
const MOST_REQUESTS = 100;
const MODELS = /^gemini-embedding-(?:2|001)$/;

export const EMBED_ROUTE = /^\/v1beta\/models\/([^/:]+):(embedContent|batchEmbedContents)$/;

/** Why the API refuses; null when it answers. */
export function embedRefusal(model: string, { requests }: EmbedBody, isBatch: boolean): [number, object] | null {
  const invalid = (message: string): [number, object] => [400, errorBody(400, 'INVALID_ARGUMENT', message)];
  if (!MODELS.test(model)) return [404, errorBody(404, 'NOT_FOUND', `models/${model} is not found for API version v1beta`)];
  if (!Array.isArray(requests) || requests.length === 0) return invalid('* BatchEmbedContentsRequest.requests: empty');
  if (requests.length > MOST_REQUESTS) return invalid(`* BatchEmbedContentsRequest.requests: at most ${MOST_REQUESTS} requests`);
  for (const request of requests) {
    const unknown = Object.keys(request).find((field) => !FIELDS.has(field));
    if (unknown) return invalid(`Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`);
    if (isBatch && request.model !== `models/${model}`) return invalid('model in the request does not match the one in the URL');
    const parts = request.content?.parts ?? [];
    if (parts.length !== 1 || !parts[0]?.text) return invalid('content contains no text');
    const size = request.outputDimensionality ?? 3072;
    if (!Number.isInteger(size) || size < 128 || size > 3072) return invalid('outputDimensionality must be between 128 and 3072');
  }
  return null;
}

/** A stand-in for meaning: texts with the same words of `topics` point the same way, others anywhere. */
export function vectorOf(text: string, dimensions: number, topics: readonly (readonly string[])[]): number[] {
  const values = new Array<number>(dimensions).fill(0);
  const lower = text.toLowerCase();
  for (const [at, words] of topics.entries()) if (words.some((word) => lower.includes(word))) values[at] = 1;
  for (const [at, letter] of [...lower].entries()) values[64 + (((letter.codePointAt(0) ?? 0) + at) % (dimensions - 64))] = 0.02;
  return values;
}
