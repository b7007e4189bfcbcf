import type { Request, RequestHandler, Response } from 'express';
import type { Params } from '#core/errors.ts';
import { cookieFlags, cookieName, cookiesOf, createSigner, type Secrets } from './cookies.ts';

export type FlashKind = 'success' | 'error' | 'info';
export interface Flash {
  kind: FlashKind;
  key: string;
  params: Params;
}

const MAX_PARAM_CHARS = 200;
const MAX_AGE_MS = 60_000;
const pending = new WeakMap<Request, { add: (flash: Flash) => void; added: readonly Flash[] }>();

/** Shows `key` once, on the next page. A signed cookie carries it, so it also works signed out. */
export function flash(req: Request, kind: FlashKind, key: string, params: Params = {}): void {
  pending.get(req)?.add({ kind, key, params });
}

/** What this request says on the next page. */
export const flashesOf = (req: Request): readonly Flash[] => pending.get(req)?.added ?? [];

export function flashes(secrets: Secrets): RequestHandler {
  const signer = createSigner(secrets, 'flash');
  return (req, res, next) => {
    const name = cookieName('flash', req.secure);
    const added: Flash[] = [];
    const waiting = parsed(signer.read(cookiesOf(req)[name]));
    const add = (item: Flash): void => {
      added.push({ ...item, params: shortened(item.params) });
      const value = Buffer.from(JSON.stringify(added)).toString('base64url');
      res.cookie(name, signer.sign(value), { ...cookieFlags(req.secure), maxAge: MAX_AGE_MS });
    };
    pending.set(req, { add, added });
    showOnce(req, res, name, () => [...waiting, ...added]);
    next();
  };
}

function showOnce(req: Request, res: Response, name: string, all: () => Flash[]): void {
  Object.defineProperty(res.locals, 'flashes', {
    enumerable: true,
    configurable: true,
    get: () => {
      const shown = all();
      if (shown.length > 0) res.clearCookie(name, cookieFlags(req.secure));
      return shown;
    },
  });
}

function parsed(value: string | null): Flash[] {
  return value ? (JSON.parse(Buffer.from(value, 'base64url').toString('utf8')) as Flash[]) : [];
}

const shortened = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_PARAM_CHARS) : value]),
  );
