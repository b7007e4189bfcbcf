import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';
import { AppError } from '#core/errors.ts';

export const MAX_FILE_BYTES = 5 * 1024 * 1024;
/** What is read to the end, so that a file a little too large is answered by its form; anything longer is cut off. */
const MAX_REQUEST_BYTES = MAX_FILE_BYTES + 3 * 1024 * 1024;
const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 16 * 1024;

/** The file of a form; its name and the type its sender claims are not kept. */
export interface Upload {
  content: Buffer;
  tooLarge: boolean;
}

const uploads = new WeakMap<Request, Upload>();

/** The file that came with the form; null when none was chosen. */
export const uploadOf = (req: Request): Upload | null => uploads.get(req) ?? null;

/**
 * Reads a multipart form: its fields into `req.body`, one file of at most 5 MB into memory. Mounted for the paths that take
 * files only, behind the guard of the members, before the form's token is looked at.
 */
export function readUpload(): RequestHandler {
  return (req, _res, next) => {
    if (!req.is('multipart/form-data')) return next();
    if (Number(req.get('content-length') ?? 0) > MAX_REQUEST_BYTES) {
      // Read and thrown away: a browser that is cut off while it sends shows no answer.
      req.resume();
      throw new AppError(413, 'errors.too_large');
    }
    read(req).then(() => next(), next);
  };
}

function read(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    const bad = (): void => reject(new AppError(400, 'errors.bad_request'));
    const fields = Object.create(null) as Record<string, string>;
    let total = 0;
    const parser = parserFor(req);
    parser.on('field', (name, value) => {
      fields[name] = value.replaceAll('\0', '');
    });
    parser.on('file', (_name, stream, filename) => {
      stream.on('error', bad);
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('end', () => {
        const content = Buffer.concat(parts);
        if (filename || content.length > 0) uploads.set(req, { content, tooLarge: stream.truncated });
      });
    });
    parser.on('error', bad);
    parser.on('finish', () => {
      req.body = fields;
      resolve();
    });
    req.on('aborted', bad);
    req.on('data', (part: Buffer) => {
      total += part.length;
      if (total <= MAX_REQUEST_BYTES) return;
      req.unpipe(parser).resume();
      reject(new AppError(413, 'errors.too_large'));
    });
    req.pipe(parser);
  });
}

function parserFor(req: Request): BusboyInstance {
  const limits = {
    files: 1,
    fileSize: MAX_FILE_BYTES,
    fields: MAX_FIELDS,
    fieldSize: MAX_FIELD_BYTES,
    parts: MAX_FIELDS + 1,
    fieldNameSize: 100,
  };
  try {
    return new Busboy({ headers: req.headers as BusboyHeaders, limits });
  } catch {
    throw new AppError(400, 'errors.bad_request');
  }
}
