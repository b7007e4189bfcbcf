import { z } from 'zod';
import { cleanText } from '#web/form.ts';

export const MAX_TITLE_CHARS = 200;
export const MAX_CONTENT_CHARS = 20_000;
export const MAX_SEARCH_CHARS = 100;

/** POST /bots/:id/knowledge and …/:entryId. */
export const entryForm = z.strictObject({
  title: cleanText.min(1, 'knowledge.form.title.required').max(MAX_TITLE_CHARS, 'knowledge.form.title.too_long'),
  content: cleanText.min(1, 'knowledge.form.content.required').max(MAX_CONTENT_CHARS, 'knowledge.form.content.too_long'),
});

/** A link that was cut or changed shows the first page rather than an error. */
export const listQuery = z.object({
  q: cleanText.max(MAX_SEARCH_CHARS).catch(''),
  /** A title to begin a new entry with: what a customer asked in vain. */
  title: cleanText.max(MAX_TITLE_CHARS).catch(''),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

export type EntryForm = z.output<typeof entryForm>;
export type ListQuery = z.output<typeof listQuery>;
