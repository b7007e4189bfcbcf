import { z } from 'zod';
import type { AiFailure } from './gemini-failure.ts';

export interface AiUsage {
  promptTokens: number;
  /** Thinking included: it is paid for. */
  answerTokens: number;
}

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

// Finish reasons after which a text, if there is any, must not be shown.
const BLOCKED = new Set(['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII']);
// Several times what the asked number of tokens can be: a longer text did not come from the model.
const MAX_ANSWER_CHARS = 16_000;

/**
 * Reads a generateContent response. Thoughts are left out. A text cut off by the token limit counts as an answer; no text,
 * a block and a response of another shape are failures.
 */
export function readAnswer(body: unknown): { ok: true; text: string; usage: AiUsage } | AiFailure {
  const parsed = response.safeParse(body);
  if (!parsed.success) return { ok: false, reason: 'rejected' };
  const { candidates = [], promptFeedback, usageMetadata } = parsed.data;
  const [first] = candidates;
  if (promptFeedback?.blockReason || BLOCKED.has(first?.finishReason ?? '')) return { ok: false, reason: 'blocked' };
  const parts = first?.content?.parts ?? [];
  const text = parts
    .filter((part) => !part.thought)
    .map((part) => part.text ?? '')
    .join('')
    .trim();
  if (text === '') return { ok: false, reason: 'empty' };
  if (text.length > MAX_ANSWER_CHARS) return { ok: false, reason: 'rejected' };
  const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata ?? {};
  return { ok: true, text, usage: { promptTokens: promptTokenCount, answerTokens: candidatesTokenCount + thoughtsTokenCount } };
}
