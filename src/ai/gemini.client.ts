import {
  type Content,
  type GenerationConfig,
  GoogleGenerativeAI,
  GoogleGenerativeAIError,
  GoogleGenerativeAIFetchError,
} from '@google/generative-ai';
import type { HistoryTurn, InlineMedia } from '#core/message.ts';
import { type AiUsage, readAnswer } from './gemini-answer.ts';
import { type AiFailure, failureOfRefusal } from './gemini-failure.ts';

/** One question to one model. */
export interface GenerateRequest {
  model: string;
  systemInstruction: string;
  /** Oldest first, beginning with the customer, roles alternating (core/build-prompt sees to it). */
  history: readonly HistoryTurn[];
  text: string;
  media: readonly InlineMedia[];
  /** Ends the call, also while the answer is being read. */
  signal: AbortSignal;
}

/** What stands behind ai.service: one try, no waiting, no memory. */
export interface GeminiClient {
  generate(request: GenerateRequest): Promise<{ ok: true; text: string; usage: AiUsage } | AiFailure>;
}

/** The most a chat answer may take; about 700 words. Thinking counts too. */
const MAX_OUTPUT_TOKENS = 1_024;

/** Google's SDK in our words; the only file that knows it. Safety settings stay Google's. */
export function createGeminiClient({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): GeminiClient {
  const sdk = new GoogleGenerativeAI(apiKey);
  return {
    async generate({ model, systemInstruction, history, text, media, signal }) {
      // The SDK only listens for a later abort.
      if (signal.aborted) return { ok: false, reason: 'timeout' };
      const generative = sdk.getGenerativeModel(
        { model, systemInstruction, generationConfig: generationConfig(model) },
        { baseUrl },
      );
      try {
        const { response } = await generative.generateContent({ contents: contentsOf(history, text, media) }, { signal });
        return readAnswer(response);
      } catch (error) {
        return signal.aborted ? { ok: false, reason: 'timeout' } : failureOf(error);
      }
    },
  };
}

/**
 * No temperature, topP or topK: deprecated for these models (platform-facts 4, 2026-07). `minimal` thinking is a 400 outside
 * flash-lite and unknown to generation 2, whose flash-lite does not think unless told to.
 */
function generationConfig(model: string): GenerationConfig {
  const base: GenerationConfig = { maxOutputTokens: MAX_OUTPUT_TOKENS };
  if (!/^gemini-(?:[3-9]|\d\d).*flash-lite/.test(model)) return base;
  // The SDK's types end before thinking levels; it passes the field through.
  return { ...base, thinkingConfig: { thinkingLevel: 'minimal' } } as GenerationConfig;
}

function contentsOf(history: readonly HistoryTurn[], text: string, media: readonly InlineMedia[]): Content[] {
  const turns = history.map((turn) => ({ role: turn.role === 'customer' ? 'user' : 'model', parts: [{ text: turn.text }] }));
  const attached = media.map(({ mimeType, base64 }) => ({ inlineData: { mimeType, data: base64 } }));
  // An empty text part is a 400.
  return [...turns, { role: 'user', parts: [...attached, ...(text === '' ? [] : [{ text }])] }];
}

/** An error that neither the SDK nor the network makes is a bug, so it is thrown on. */
function failureOf(error: unknown): AiFailure {
  if (error instanceof GoogleGenerativeAIFetchError) {
    return failureOfRefusal({ status: error.status, message: error.message, details: error.errorDetails });
  }
  // A body that is no JSON, or no object; a connection lost while the body was read is a TypeError too.
  if (error instanceof SyntaxError) return { ok: false, reason: 'rejected' };
  if (error instanceof TypeError) return { ok: false, reason: error.message === 'terminated' ? 'unreachable' : 'rejected' };
  if (error instanceof GoogleGenerativeAIError) return { ok: false, reason: 'unreachable' };
  throw error;
}
