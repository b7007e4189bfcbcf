import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import type { Request, RequestHandler } from 'express';
import { AppError, TooManyRequestsError } from '#core/errors.ts';
import { storableText } from '#core/storable-text.ts';
import { createSemaphore } from '#platform/semaphore.ts';
import { addressOf } from './client-address.ts';
import { takePlace } from './place.ts';
import { allowSlowBody, waitWithBody } from './slow-bodies.ts';

const MB = 1024 * 1024;
const MAX_FIELDS = 20;
const MAX_WAITING = 5;
const RETRY_SECONDS = 5;

export interface UploadLimits {
  files: number;
  fileBytes: number;
  /** Up to here the body is read to the end, so that the form can report a file slightly too large. More is cut off. */
  requestBytes: number;
  fieldBytes: number;
  /** S69 (memory): the files of so many people at once, and one request of each person. */
  atOnce: number;
}

export const ONE_FILE: UploadLimits = { files: 1, fileBytes: 5 * MB, requestBytes: 8 * MB, fieldBytes: 16 * 1024, atOnce: 8 };

/** What a person sends a customer: as large as WhatsApp takes a recording. */
export const REPLY_FILE: UploadLimits = { files: 1, fileBytes: 16 * MB, requestBytes: 20 * MB, fieldBytes: 32 * 1024, atOnce: 4 };

export interface Upload {
  /** As the browser named it. */
  name: string;
  content: Buffer;
  tooLarge: boolean;
}

const uploads = new WeakMap<Request, Upload[]>();

export const uploadsOf = (req: Request): Upload[] => uploads.get(req) ?? [];
export const uploadOf = (req: Request): Upload | null => uploadsOf(req)[0] ?? null;

/** Mounted only for paths with uploads, after the member guard and before the CSRF check. */
export function readUpload(limits: UploadLimits): RequestHandler {
  const places = createSemaphore(limits.atOnce, 1);
  return async (req, res, next) => {
    if (!req.is('multipart/form-data')) return next();
    const key = req.user?.user.id ?? addressOf(req);
    if (Number(req.get('content-length') ?? 0) > limits.requestBytes) {
      // Read and discarded: a browser whose upload is cut off shows no response.
      req.resume();
      throw new AppError(413, 'errors.too_large');
    }
    if (places.waiting(key) >= MAX_WAITING) {
      req.resume();
      throw new TooManyRequestsError(RETRY_SECONDS);
    }
    // The file lies in memory until the answer is sent.
    waitWithBody(req);
    if ((await takePlace(res, places, { key })) === 'left') return;
    allowSlowBody(req, () => places.waiting() > 0);
    await read(req, limits);
    next();
  };
}

function read(req: Request, limits: UploadLimits): Promise<void> {
  return new Promise((resolve, reject) => {
    const bad = (): void => reject(new AppError(400, 'errors.bad_request'));
    const fields = Object.create(null) as Record<string, string>;
    let total = 0;
    const parser = parserFor(req, limits);
    parser.on('field', (name, value) => {
      fields[name] = storableText(value);
    });
    parser.on('file', (_name, stream, filename) => {
      stream.on('error', bad);
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('end', () => {
        const content = Buffer.concat(parts);
        if (!filename && content.length === 0) return;
        const upload = { name: storableText(filename ?? ''), content, tooLarge: stream.truncated };
        uploads.set(req, [...uploadsOf(req), upload]);
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
      if (total <= limits.requestBytes) return;
      req.unpipe(parser).resume();
      reject(new AppError(413, 'errors.too_large'));
    });
    req.pipe(parser);
  });
}

function parserFor(req: Request, { files, fileBytes, fieldBytes }: UploadLimits): BusboyInstance {
  const limits = {
    files,
    fileSize: fileBytes,
    fields: MAX_FIELDS,
    fieldSize: fieldBytes,
    parts: MAX_FIELDS + files,
    fieldNameSize: 100,
  };
  try {
    return new Busboy({ headers: req.headers as BusboyHeaders, limits });
  } catch {
    throw new AppError(400, 'errors.bad_request');
  }
}
