import mammoth from 'mammoth';
import { type Part, UnreadableError } from './parts.ts';
import { readHtml } from './read-html.ts';

/** Headings, words and tables; pictures are left out. */
export async function readWord(content: Buffer): Promise<Part[]> {
  const convertImage = mammoth.images.imgElement(async () => ({ src: '' }));
  const { value } = await mammoth.convertToHtml({ buffer: content }, { convertImage }).catch(() => {
    throw new UnreadableError('corrupt');
  });
  return readHtml(value).parts;
}
