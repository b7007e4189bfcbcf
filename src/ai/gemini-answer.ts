import { z } from 'zod';
import type { AiFailure } from './gemini-failure.ts';

export interface AiUsage {
  promptTokens: number;
  /** Includes thinking, which is charged too. */
  answerTokens: number;
}

export interface GeminiAnswer {
  ok: true;
  text: string;
  cut: boolean;
  /** Files were refused, so it answers the words alone. */
  filesRefused?: boolean;
  usage: AiUsage;
}

/** Of all tries of one question, the failed ones too. */
export interface CallsSpent extends AiUsage {
  calls: number;
  /** The last one asked. */
  model: string;
}

export type AskResult = (GeminiAnswer & { model: string }) | AiFailure;

const count = z.number().int().nonnegative().catch(0);
const response = z.object({
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z
          .object({ parts: z.array(z.object({ text: z.string().optional(), thought: z.boolean().optional() })).optional() })
          .optional(),
      }),
    )
    .optional(),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({ promptTokenCount: count, candidatesTokenCount: count, thoughtsTokenCount: count })
    .catch({ promptTokenCount: 0, candidatesTokenCount: 0, thoughtsTokenCount: 0 })
    .optional(),
});

// Finish reasons after which a text must not be shown.
const BLOCKED = new Set(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII']);
/** Some answers consist of U+200B only (python-genai#2121). */
const VISIBLE = /[^\s\p{Cf}\p{Cc}]/u;
// Several times the requested tokens: a longer text did not come from the model.
const MAX_ANSWER_CHARS = 16_000;

/** Thoughts are left out. A text cut by the token limit is an answer, marked as cut. */
export function readAnswer(body: unknown): GeminiAnswer | AiFailure {
  const parsed = response.safeParse(body);
  if (!parsed.success) return { ok: false, reason: 'rejected' };
  const { candidates = [], promptFeedback, usageMetadata } = parsed.data;
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata ?? {};
  const usage = { promptTokens: promptTokenCount, answerTokens: candidatesTokenCount + thoughtsTokenCount };
  const [first] = candidates;
  if (promptFeedback?.blockReason || BLOCKED.has(first?.finishReason ?? '')) return { ok: false, reason: 'blocked', usage };
  const parts = first?.content?.parts ?? [];
  const text = parts
    .filter((part) => !part.thought)
    .map((part) => part.text ?? '')
    .join('')
    .trim();
  if (!VISIBLE.test(text)) return { ok: false, reason: 'empty', usage };
  if (text.length > MAX_ANSWER_CHARS) return { ok: false, reason: 'rejected', usage };
  return { ok: true, text, cut: first?.finishReason === 'MAX_TOKENS', usage };
}
