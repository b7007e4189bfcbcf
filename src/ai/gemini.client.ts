import {
  type Content,
  type GenerationConfig,
  GoogleGenerativeAI,
  GoogleGenerativeAIError,
  GoogleGenerativeAIFetchError,
} from '@google/generative-ai';
import { aiMediaType } from '#core/ai-media.ts';
import type { HistoryTurn, InlineMedia } from '#core/message.ts';
import { type GeminiAnswer, readAnswer } from './gemini-answer.ts';
import { readVectors } from './gemini-embedding.ts';
import { type AiFailure, failureOfRefusal } from './gemini-failure.ts';
import { useLeanFetch } from './gemini-fetch.ts';
import type { ResponseSchema } from './response-schema.ts';

export interface GenerateRequest {
  model: string;
  systemInstruction: string;
  /** Oldest first, starting with the customer, roles alternating (see build-prompt). */
  history: readonly HistoryTurn[];
  text: string;
  media: readonly InlineMedia[];
  schema?: ResponseSchema;
  signal: AbortSignal;
}

/** One try, without waiting or state. */
export interface GeminiClient {
  generate(request: GenerateRequest): Promise<GeminiAnswer | AiFailure>;
}

export interface EmbedRequest {
  model: string;
  texts: readonly string[];
  dimensions: number;
  signal: AbortSignal;
}

/** One vector per text, in their order. */
export interface GeminiEmbedder {
  embed(request: EmbedRequest): Promise<{ ok: true; vectors: number[][]; promptTokens: number } | AiFailure>;
}

/** About 1,000 words with the JSON around them. A chat needs no longer answer. */
const MAX_OUTPUT_TOKENS = 2_048;
/** For models that think: thoughts count too, and took 1,232 of 1,500 tokens in a measurement (platform-facts 4). */
const MAX_OUTPUT_TOKENS_WITH_THOUGHTS = 8_192;

/** The only file that uses Google's SDK. Safety settings stay Google's. */
export function createGeminiClient({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): GeminiClient {
  useLeanFetch(baseUrl);
  const sdk = new GoogleGenerativeAI(apiKey);
  return {
    async generate({ model, systemInstruction, history, text, media, schema, signal }) {
      // The SDK only listens for later aborts.
      if (signal.aborted) return { ok: false, reason: 'timeout' };
      const generative = sdk.getGenerativeModel(
        { model, systemInstruction, generationConfig: generationConfig(model, schema) },
        { baseUrl },
      );
      try {
        const { response } = await generative.generateContent({ contents: contentsOf(history, text, media) }, { signal });
        return readAnswer(response);
      } catch (error) {
        if (signal.aborted) return { ok: false, reason: 'timeout' };
        const failure = failureOf(error);
        // Any 400 of a request with files may be about them.
        const isAboutFiles = failure.reason === 'rejected' && media.length > 0 && isBadRequest(error);
        return isAboutFiles ? { ok: false, reason: 'files_refused' } : failure;
      }
    },
  };
}

/** One text by embedContent, several by batchEmbedContents. */
export function createGeminiEmbedder({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): GeminiEmbedder {
  useLeanFetch(baseUrl);
  const sdk = new GoogleGenerativeAI(apiKey);
  return {
    async embed({ model, texts, dimensions, signal }) {
      if (signal.aborted) return { ok: false, reason: 'timeout' };
      const generative = sdk.getGenerativeModel({ model }, { baseUrl });
      // The SDK's types lack outputDimensionality, but it passes it through. One content per text: several would become one vector.
      const requests = texts.map((text) => ({
        content: { role: 'user', parts: [{ text }] },
        outputDimensionality: dimensions,
      }));
      const [first] = requests;
      if (!first) return { ok: true, vectors: [], promptTokens: 0 };
      try {
        const body =
          requests.length === 1
            ? await generative.embedContent(first, { signal })
            : await generative.batchEmbedContents({ requests }, { signal });
        return readVectors(body, { count: texts.length, dimensions });
      } catch (error) {
        return signal.aborted ? { ok: false, reason: 'timeout' } : failureOf(error);
      }
    },
  };
}

// temperature, topP and topK are deprecated for these models (platform-facts 4, 2026-07). `minimal` thinking is a 400 outside
// flash-lite, so other models get `low`. Generation 2 has no levels; its flash-lite does not think by default.
function generationConfig(model: string, schema: ResponseSchema | undefined): GenerationConfig {
  const isLite = model.includes('flash-lite');
  const hasLevels = /^gemini-(?:[3-9]|\d\d)/.test(model);
  const config = {
    maxOutputTokens: isLite ? MAX_OUTPUT_TOKENS : MAX_OUTPUT_TOKENS_WITH_THOUGHTS,
    ...(schema && { responseMimeType: 'application/json', responseSchema: schema }),
    ...(hasLevels && { thinkingConfig: { thinkingLevel: isLite ? 'minimal' : 'low' } }),
  };
  // The SDK's types lack thinking levels and propertyOrdering, but it passes both through.
  return config as unknown as GenerationConfig;
}

function contentsOf(history: readonly HistoryTurn[], text: string, media: readonly InlineMedia[]): Content[] {
  const turns = history.map((turn) => ({ role: turn.role === 'customer' ? 'user' : 'model', parts: [{ text: turn.text }] }));
  const attached = media.map(({ mimeType, base64 }) => ({
    inlineData: { mimeType: aiMediaType(mimeType) ?? mimeType, data: base64 },
  }));
  // An empty text part is a 400.
  return [...turns, { role: 'user', parts: [...attached, ...(text === '' ? [] : [{ text }])] }];
}

const isBadRequest = (error: unknown): boolean => error instanceof GoogleGenerativeAIFetchError && error.status === 400;

function failureOf(error: unknown): AiFailure {
  if (error instanceof GoogleGenerativeAIFetchError) {
    return failureOfRefusal({ status: error.status, message: error.message, details: error.errorDetails });
  }
  // Invalid JSON. A connection lost while reading the body is a TypeError too.
  if (error instanceof SyntaxError) return { ok: false, reason: 'rejected' };
  if (error instanceof TypeError) return { ok: false, reason: error.message === 'terminated' ? 'unreachable' : 'rejected' };
  if (error instanceof GoogleGenerativeAIError) return { ok: false, reason: 'unreachable' };
  throw error;
}
