import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import { AppError } from '#core/errors.ts';
import { storableText } from '#core/storable-text.ts';

// S42 (body bombs): forms are small, but a knowledge entry of 20,000 letters takes up to 180 KB when encoded.
const MAX_BODY = '100kb';
const MAX_ENTRY_BODY = '256kb';
const ENTRY_FORM = /^\/bots\/[^/]+\/knowledge(?:\/|$)/;
// Pasted texts are longer than entries.
const MAX_IMPORT_BODY = '1500kb';
const IMPORT_FORM = /^\/bots\/[^/]+\/knowledge\/import$/;
const MAX_FIELDS = 200;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Called by platforms and probes, which may use any host name. */
const ANY_HOST = /^\/(?:webhooks\/|healthz$|readyz$|metrics$)/;

export function securityHeaders(): RequestHandler {
  const make = (secure: boolean): RequestHandler =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          // Bootstrap draws its checkboxes and arrows from data: images.
          // blob: is a file that the page itself holds: a photo or recording before it is sent.
          imgSrc: ["'self'", 'data:', 'blob:'],
          mediaSrc: ["'self'", 'blob:'],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          ...(secure && { upgradeInsecureRequests: [] }),
        },
      },
      strictTransportSecurity: secure && { maxAge: 31_536_000, includeSubDomains: false },
      // Not no-referrer: browsers would send `Origin: null` with our own forms.
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }) as RequestHandler;
  const [overHttps, overHttp] = [make(true), make(false)];
  return (req, res, next) => (req.secure ? overHttps : overHttp)(req, res, next);
}

/** With PUBLIC_URL set, pages answer only to its host and loopback, so no link to a foreign host can be generated. */
export function hostCheck(publicUrl: string | undefined): RequestHandler {
  const host = publicUrl ? new URL(publicUrl).hostname : null;
  return (req, _res, next) => {
    if (host && req.hostname !== host && !LOOPBACK.has(req.hostname ?? '') && !ANY_HOST.test(req.path)) {
      throw new AppError(421, 'errors.unknown_host');
    }
    next();
  };
}

/** Pages are private. Static files are served earlier and cached for long. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

export const bodies: RequestHandler[] = [
  sized((limit) => express.urlencoded({ extended: false, limit, parameterLimit: MAX_FIELDS })),
  sized((limit) => express.json({ limit, strict: true })),
  (req, _res, next) => {
    req.body = flat(req.body);
    next();
  },
];

function sized(parser: (limit: string) => RequestHandler): RequestHandler {
  const [usual, entry, pasted] = [parser(MAX_BODY), parser(MAX_ENTRY_BODY), parser(MAX_IMPORT_BODY)];
  return (req, res, next) => {
    if (IMPORT_FORM.test(req.path)) return pasted(req, res, next);
    return (ENTRY_FORM.test(req.path) ? entry : usual)(req, res, next);
  };
}

/** S35: TRACE would show a request's headers to a script. */
export const noTrace: RequestHandler = (req, res, next) => {
  if (req.method !== 'TRACE') return next();
  res.status(405).set('Allow', 'GET, HEAD, POST').type('text').send('This method is not allowed.');
};

/** Refuses characters that Postgres cannot store, and `*`, which is no page's address. */
export const cleanAddress: RequestHandler = (req, _res, next) => {
  const path = decodedOrNull(req.originalUrl);
  if (path === null || path.includes('\0') || !req.path.startsWith('/')) throw new AppError(400, 'errors.bad_request');
  next();
};

function flat(body: unknown): Record<string, unknown> {
  const clean: Record<string, unknown> = Object.create(null);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return clean;
  for (const [name, value] of Object.entries(body)) {
    clean[name] = typeof value === 'string' ? storableText(value) : value;
  }
  return clean;
}

function decodedOrNull(url: string): string | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0] as string) + url.slice(url.indexOf('?') + 1).replaceAll(/%00/g, '\0');
  } catch {
    return null;
  }
}
