import { fileTypeFromBuffer } from 'file-type';
import { cleanSource } from '#core/importing/clean-source.ts';
import { checkZip } from './check-zip.ts';
import { decodeText } from './decode-text.ts';
import { readDelimited } from './delimited.ts';
import { type Part, UnreadableError } from './parts.ts';

type Reader = (content: Buffer) => Part[] | Promise<Part[]>;

// Each parser is loaded for its own kind of file only.
const sheets: Reader = async (content) => {
  await checkZip(content);
  return (await import('./read-sheets.ts')).readSheets(content);
};
const word: Reader = async (content) => {
  await checkZip(content);
  return (await import('./read-word.ts')).readWord(content);
};
const photo: Reader = () => {
  throw new UnreadableError('is_picture');
};
/** By what the bytes are. */
const READERS: Record<string, Reader> = {
  xlsx: sheets,
  xlsm: sheets,
  ods: sheets,
  docx: word,
  docm: word,
  pdf: async (content) => (await import('./read-pdf.ts')).readPdf(content),
  cfb: async (content) => (await import('./read-sheets.ts')).readOldOffice(content),
  jpg: photo,
  png: photo,
  webp: photo,
  heic: photo,
};
const NAMED = /\.(?:xlsx?|xlsm|ods|docx?|pdf|csv|tsv|txt|md|html?)$/iu;
/** What begins as these is text. */
const TEXTS = new Set(['xml', 'html']);

/** The parts of a file. Its bytes say what it is; its name decides only between kinds of text. */
export async function readFile(name: string, bytes: Uint8Array): Promise<Part[]> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (content.length === 0) throw new UnreadableError('empty');
  const kind = (await fileTypeFromBuffer(content))?.ext ?? null;
  if (kind !== null && READERS[kind]) return READERS[kind](content);
  const text = kind === null || TEXTS.has(kind) ? decodeText(content) : null;
  if (text === null) throw new UnreadableError(refusalOf(name, kind));
  if (text.trim() === '') throw new UnreadableError('empty');
  return readText(name, cleanSource(text), content);
}

/** A ZIP that is no document any more, or bytes of no kind at all, is a damaged file when its name is of a document. */
function refusalOf(name: string, kind: string | null): 'corrupt' | 'mislabelled' | 'unknown_kind' {
  if (!NAMED.test(name)) return 'unknown_kind';
  return kind === null || kind === 'zip' ? 'corrupt' : 'mislabelled';
}

async function readText(name: string, text: string, content: Buffer): Promise<Part[]> {
  const start = text.slice(0, 2_000);
  if (/progid="Excel\.Sheet"/u.test(start)) return (await import('./read-sheets.ts')).readSheets(content);
  if (/^\s*(?:<!doctype html|<html|<head|<body|<table|<meta)/iu.test(start) || /\.html?$/iu.test(name))
    return (await import('./read-html.ts')).readHtml(text).parts;
  const rows = readDelimited(text, { surely: /\.(?:csv|tsv)$/iu.test(name) });
  return rows ? [{ table: { name: '', rows } }] : [{ text }];
}
