import type { ActivityFilter, ActivityLine, ActivityRead } from './activity.read.ts';
import type { ActivityNamesRead } from './activity-names.read.ts';
import { actionsMeantBy, sentenceOf, type Words } from './activity-sentences.ts';

/** `sentence` null: the page shows the action's name. */
export interface ActivityLogLine extends ActivityLine {
  sentence: string | null;
}

export function createActivityLog({ read, names }: { read: ActivityRead; names: ActivityNamesRead }) {
  return async (filter: ActivityFilter, words: Words, limit?: number): Promise<ActivityLogLine[]> => {
    const lines = await read(withMeantActions(filter, words), limit);
    const known = await names(lines);
    return lines.map((line) => ({ ...line, sentence: sentenceOf(line, words, known) }));
  };
}

export type ActivityLog = ReturnType<typeof createActivityLog>;

export const withMeantActions = <F extends Pick<ActivityFilter, 'q'>>(filter: F, { t }: Pick<Words, 't'>): F => ({
  ...filter,
  meantActions: actionsMeantBy(filter.q, t),
});
