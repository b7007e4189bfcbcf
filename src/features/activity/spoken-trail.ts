import { actionsSaying, sentenceOf, type Words } from './audit-sentences.ts';
import type { AuditTrailRead, TrailFilter, TrailLine } from './audit-trail.read.ts';
import type { TrailNamesRead } from './trail-names.read.ts';

/** A line for a page; `sentence` null: shown as it is written. */
export interface SpokenLine extends TrailLine {
  sentence: string | null;
}

/** The trail in the reader's words. */
export function createSpokenTrail({ trail, names }: { trail: AuditTrailRead; names: TrailNamesRead }) {
  return async (filter: TrailFilter, words: Words, limit?: number): Promise<SpokenLine[]> => {
    const lines = await trail(searched(filter, words), limit);
    const known = await names(lines);
    return lines.map((line) => ({ ...line, sentence: sentenceOf(line, words, known) }));
  };
}

export type SpokenTrail = ReturnType<typeof createSpokenTrail>;

/** The filter that finds lines by their sentences too. */
export const searched = <F extends Pick<TrailFilter, 'q'>>(filter: F, { t }: Pick<Words, 't'>): F => ({
  ...filter,
  said: actionsSaying(filter.q, t),
});
