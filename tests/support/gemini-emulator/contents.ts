// What the API refuses in the contents of a request. Sources: ai.google.dev/api/caching#Content, /gemini-api/docs/image-understanding,
// /audio, /document-processing (seen 2026-11); wordings from js-genai#1226 and python-genai#1410.
import type { GenerateContentBody } from './protocol.ts';

const BODY_FIELDS = new Set(
  'contents systemInstruction generationConfig safetySettings tools toolConfig cachedContent model'.split(' '),
);
const READ_TYPES = new Set(
  `image/png image/jpeg image/webp image/heic image/heif audio/wav audio/mp3 audio/mpeg audio/aiff audio/aac audio/ogg audio/flac
   audio/mp4 audio/m4a application/pdf text/plain video/mp4`.split(/\s+/),
);
const MOST_INLINE_BYTES = 100 * 1024 * 1024;

/** Why the API answers 400; null when it reads the contents. */
export function contentsRefusal(body: GenerateContentBody): string | null {
  const unknown = Object.keys(body).find((field) => !BODY_FIELDS.has(field));
  if (unknown) return `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`;
  if (!body.contents?.length) return '* GenerateContentRequest.contents: contents is not specified\n';
  if (body.systemInstruction && !body.systemInstruction.parts?.some(({ text }) => text))
    return '* GenerateContentRequest.system_instruction.parts: contents.parts must not be empty.\n';
  if (body.contents.some(({ role }) => role !== undefined && role !== 'user' && role !== 'model'))
    return 'Please use a valid role: user, model.';
  if (body.contents.some(({ parts }) => !parts?.length))
    return '* GenerateContentRequest.contents: contents.parts must not be empty.\n';
  if (body.contents[0]?.role === 'model') return 'Please ensure that the first turn is a user turn.';
  if (body.contents.at(-1)?.role === 'model') return 'Please ensure that single turn requests end with a user role.';
  const parts = body.contents.flatMap((content) => content.parts);
  if (parts.some((part) => !part.text && !part.inlineData))
    return 'Unable to submit request because it has an empty text parameter.';
  const files = parts.flatMap(({ inlineData }) => (inlineData ? [inlineData] : []));
  if (files.reduce((sum, { data }) => sum + data.length, 0) > MOST_INLINE_BYTES) return 'Request payload size exceeds the limit.';
  return files.map(fileRefusal).find((refusal) => refusal !== null) ?? null;
}

function fileRefusal({ mimeType, data }: { mimeType: string; data: string }): string | null {
  if (!READ_TYPES.has(mimeType)) return `Unsupported MIME type: ${mimeType}`;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data))
    return "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed";
  return data === ''
    ? 'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting'
    : null;
}
