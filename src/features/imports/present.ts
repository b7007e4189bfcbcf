import type { Request } from 'express';
import { ValidationError } from '#core/errors.ts';
import type { Note } from '#core/importing/note.ts';
import type { Translate } from '#platform/i18n/i18n.ts';
import { type UploadLimits, uploadsOf } from '#web/upload.ts';
import type { NewSource } from './import.ts';
import type { ImportForm } from './imports.schema.ts';
import { typedAddress } from './reading/site-addresses.ts';

const MB = 1024 * 1024;

/** Said on the page. Two people's files are in memory at once. */
export const IMPORT_FILES: UploadLimits = {
  files: 10,
  fileBytes: 20 * MB,
  requestBytes: 64 * MB,
  fieldBytes: 2 * MB,
  atOnce: 2,
};

const MAX_NAME_CHARS = 200;

/** The sources of a form. @throws ValidationError for none, a file that is too large, or no address. */
export function sourcesIn(req: Request, { text, url }: ImportForm): NewSource[] {
  const files = uploadsOf(req);
  if (files.some(({ tooLarge }) => tooLarge)) throw new ValidationError({ file: 'imports.form.file.too_large' });
  const address = url === '' ? null : typedAddress(url);
  if (url !== '' && address === null) throw new ValidationError({ url: 'imports.form.url.invalid' });
  if (text === '' && files.length === 0 && address === null) throw new ValidationError({ text: 'imports.form.nothing' });
  const pasted: NewSource[] = text === '' ? [] : [{ kind: 'text', name: '', content: Buffer.from(text) }];
  const site: NewSource[] = address === null ? [] : [{ kind: 'site', name: address, content: Buffer.alloc(0) }];
  return [
    ...pasted,
    ...site,
    ...files.map(({ name, content }) => ({ kind: 'file' as const, name: name.slice(-MAX_NAME_CHARS), content })),
  ];
}

export const noteWords = (t: Translate, notes: readonly Note[]): string[] =>
  notes.map((note) => t(`imports.note.${note.kind}`, { ...note }));
