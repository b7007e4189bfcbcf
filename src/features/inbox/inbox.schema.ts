import { z } from 'zod';
import { LABEL_COLOURS } from '#core/label-colours.ts';
import type { SavedTexts } from '#core/saved-reply.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText } from '#web/form.ts';

/** As long as a message may be: the composer writes both. */
export const MAX_NOTE_CHARS = 4_000;
export const MAX_NAME_CHARS = 40;
export const MAX_SAVED_CHARS = 4_000;

export const noteForm = z.strictObject({
  text: cleanText.min(1, 'inbox.note.required').max(MAX_NOTE_CHARS, 'inbox.note.too_long'),
  about: z.enum(['conversation', 'customer'], 'errors.form.invalid').default('conversation'),
  /** Of the composer. */
  draft: z.string().optional(),
  file: z.string().optional(),
});
export type NoteForm = z.output<typeof noteForm>;

const idField = z.string().refine(isId, 'errors.form.invalid');

/** Checked boxes: none, one or several. */
export const labelsForm = z.strictObject({
  labels: z.union([idField.transform((id) => [id]), z.array(idField).max(100)], 'errors.form.invalid').default([]),
});

/** Empty: nobody's. */
export const assignForm = z.strictObject({
  userId: z.union([z.literal('').transform(() => null), idField], 'errors.form.invalid'),
});

const nameField = cleanText.min(1, 'errors.form.required').max(MAX_NAME_CHARS, 'errors.form.too_long');

export const labelForm = z.strictObject({ name: nameField, colour: z.enum(LABEL_COLOURS, 'errors.form.invalid') });
export type LabelForm = z.output<typeof labelForm>;

const textField = cleanText.max(MAX_SAVED_CHARS, 'errors.form.too_long').default('');

export const savedReplyForm = z
  .strictObject({ name: nameField, uz: textField, uzCyrl: textField, ru: textField, en: textField })
  .refine(({ uz, uzCyrl, ru, en }) => uz || uzCyrl || ru || en, { path: ['uz'], message: 'inbox.reply.required' })
  .transform(({ name, uzCyrl, ...texts }) => ({ name, texts: filled({ ...texts, 'uz-Cyrl': uzCyrl }) }));
export type SavedReplyForm = z.output<typeof savedReplyForm>;

const filled = (texts: SavedTexts): SavedTexts => Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
