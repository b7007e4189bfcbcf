/** What the emulator keeps of a request, so that tests can say what the AI was told. */
export interface GeminiRequest {
  model: string;
  apiKey: string | null;
  body: GenerateContentBody;
}

export interface GenerateContentBody {
  systemInstruction?: { parts: { text?: string }[] } | undefined;
  contents: { role?: string; parts: { text?: string; inlineData?: { mimeType: string; data: string } }[] }[];
  generationConfig?: Record<string, unknown> & { thinkingConfig?: { thinkingLevel?: string } };
  safetySettings?: unknown;
  tools?: unknown;
}

export const systemTextOf = (body: GenerateContentBody): string =>
  body.systemInstruction?.parts.map((part) => part.text ?? '').join('\n') ?? '';

/** The customer's latest words. */
export const questionOf = (body: GenerateContentBody): string =>
  body.contents
    .at(-1)
    ?.parts.map((part) => part.text ?? '')
    .join(' ')
    .trim() ?? '';

/** A good answer, as generateContent gives it (read from the API's reference, 2026-11). */
export function answerBody(text: string, request: GeminiRequest) {
  const promptTokenCount = Math.ceil(JSON.stringify(request.body.contents).length / 4);
  const candidatesTokenCount = Math.ceil(text.length / 4);
  return {
    candidates: [{ content: { parts: [{ text }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount, candidatesTokenCount, totalTokenCount: promptTokenCount + candidatesTokenCount },
    modelVersion: request.model,
    responseId: 'emulated',
  };
}

/** Google's error envelope. */
export const errorBody = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, ...(details.length > 0 && { details }) },
});
