/** What the emulator keeps of a request, so that tests can say what the AI was told. */
export interface GeminiRequest {
  model: string;
  apiKey: string | null;
  body: GenerateContentBody;
}

export interface GenerateContentBody {
  systemInstruction?: { parts: { text?: string }[] } | undefined;
  contents: { role?: string; parts: { text?: string; inlineData?: { mimeType: string; data: string } }[] }[];
  generationConfig?: Record<string, unknown> & { thinkingConfig?: { thinkingLevel?: string; thinkingBudget?: number } };
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

/** What a test may have the model write: its words, its words with fields of the schema, or its output as it is. */
export type ModelAnswer =
  | string
  | { answer: string; status?: string; used?: string[]; missing?: string }
  | { raw: string; finishReason?: string; thought?: string };

/** A good answer, as generateContent gives it (read from the API's reference, 2026-11). JSON where a schema is asked for. */
export function answerBody(given: ModelAnswer, request: GeminiRequest) {
  const output = typeof given === 'object' && 'raw' in given ? given : { raw: outputOf(given, request) };
  const promptTokenCount = Math.ceil((systemTextOf(request.body).length + JSON.stringify(request.body.contents).length) / 4);
  const candidatesTokenCount = Math.ceil(output.raw.length / 4);
  const parts = [...(output.thought ? [{ text: output.thought, thought: true }] : []), { text: output.raw }];
  return {
    candidates: [{ content: { parts, role: 'model' }, finishReason: output.finishReason ?? 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount, candidatesTokenCount, totalTokenCount: promptTokenCount + candidatesTokenCount },
    modelVersion: request.model,
    responseId: 'emulated',
  };
}

function outputOf(
  given: string | { answer: string; status?: string; used?: string[]; missing?: string },
  { body }: GeminiRequest,
) {
  const fields = typeof given === 'string' ? { answer: given } : given;
  if (!body.generationConfig?.['responseSchema']) return fields.answer;
  return JSON.stringify({ status: 'answered', used: usedIn(fields.answer, systemTextOf(body)), missing: '', ...fields });
}

/** The entries of a prompt (src/answering/build-prompt). */
export const entriesOf = (system: string): { id: string; title: string; content: string }[] =>
  [...system.matchAll(/<entry id="([^"]*)" title="([^"]*)">\n([\s\S]*?)\n<\/entry>/g)].map(
    ([, id = '', title = '', content = '']) => ({
      id,
      title,
      content,
    }),
  );

/** A model names the entries whose words it uses: those with at least two longer words of the answer. */
function usedIn(answer: string, system: string): string[] {
  const words = new Set(answer.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu));
  const shared = (text: string) =>
    new Set((text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []).filter((word) => words.has(word)));
  return entriesOf(system)
    .filter(({ title, content }) => shared(`${title} ${content}`).size >= 2)
    .map(({ id }) => id);
}

/** Google's error envelope. */
export const errorBody = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, ...(details.length > 0 && { details }) },
});
