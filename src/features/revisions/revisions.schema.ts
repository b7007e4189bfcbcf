import { z } from 'zod';
import { idField, numberCursor } from '#web/paging.ts';

/** An invalid value shows all. */
export const listQuery = z.object({
  subject: z.enum(['entry', 'facts', 'prompt']).nullable().catch(null),
  subjectId: idField,
  before: numberCursor,
});

export type ListQuery = z.output<typeof listQuery>;
