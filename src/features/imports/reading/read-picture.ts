import { fileTypeFromBuffer } from 'file-type';
import type { PictureText, ReadPicture } from '#answering/read-picture.ts';
import { aiMediaType } from '#core/ai-media.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import type { UsageService } from '#pipeline/usage.service.ts';
import type { ClaimedSource, ReadResult } from '../import.ts';

// Source: ai.google.dev/gemini-api/docs/image-understanding (2026-11): a request with its files has at most 20 MB, in base64.
const MAX_BYTES = 12 * 1024 * 1024;

interface Deps {
  readPicture: ReadPicture;
  aiConfigured: boolean;
  usage: Pick<UsageService, 'answerFor'>;
  now: () => Promise<Date>;
}
type ReadText = (text: string) => Promise<ReadResult | null>;

/** A photo or scan, which the AI reads. One is charged as an answer of the plan, and given back when the AI fails. */
export function createPictureReader({ readPicture, aiConfigured, usage, now }: Deps) {
  return async (
    source: ClaimedSource,
    bytes: Uint8Array,
    signal: AbortSignal,
    readText: ReadText,
  ): Promise<ReadResult | null> => {
    if (!aiConfigured) return { ok: false, reason: 'is_picture' };
    if (bytes.length > MAX_BYTES) return { ok: false, reason: 'picture_too_large' };
    const content = Buffer.from(bytes);
    const mimeType = aiMediaType((await fileTypeFromBuffer(content))?.mime ?? '');
    if (mimeType === null) return { ok: false, reason: 'unknown_kind' };
    const media = { mimeType, base64: content.toString('base64') };
    const moment = await now();
    const answer = await usage.answerFor(source.tenantId, async (refused, free): Promise<Answered> => {
      if (refused) return { mode: 'fallback', refused: true, read: null };
      const read = await readPicture(media, { free, now: moment, signal });
      return { mode: read.ok ? 'ai' : 'fallback', refused: false, read, ...(read.spent && { spent: read.spent }) };
    });
    if (signal.aborted) return null;
    if (answer.refused) return { ok: false, reason: 'ai_used_up' };
    if (!answer.read?.ok) return { ok: false, reason: 'ai_failed' };
    if (answer.read.text === '') return { ok: false, reason: 'no_text' };
    const result = await readText(answer.read.text);
    return result?.ok && answer.read.cut ? withCutNote(result) : result;
  };
}

interface Answered {
  mode: 'ai' | 'fallback';
  refused: boolean;
  read: PictureText | null;
  spent?: AiSpent;
}

/** The last draft says that its end may be missing. */
const withCutNote = (result: Extract<ReadResult, { ok: true }>): ReadResult => ({
  ...result,
  drafts: result.drafts.map((draft, at, all) =>
    at === all.length - 1 ? { ...draft, notes: [...draft.notes, { kind: 'cut' as const }] } : draft,
  ),
});
