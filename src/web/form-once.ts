import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { DAY_MS } from '#core/durations.ts';
import { TooManyRequestsError } from '#core/errors.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const claimForm = report<{ key: string; again: boolean }, { mine: boolean; location: string | null }>(
  import.meta.url,
  './statements/claim-form.sql',
);

const FIELD = '_once';
const LOOK_EVERY_MS = 100;
const MAX_WAIT_MS = 35_000;
const KEPT_MS = DAY_MS;
/** Forms that create something. Sent without a key, they are the same while the first of them is acted on. */
const CREATES =
  /^\/account\/team\/invitations$|^\/bots(?:\/[^/]+\/(?:connections|knowledge|questions\/[^/]+\/answer|conversations\/[^/]+\/messages\/[^/]+\/correct))?\/?$/;

/**
 * A form that was sent twice is acted on once, over all processes: the repeat gets the redirect of the first. A refused form is
 * free to be sent again. Behind the CSRF check, since the key belongs to the member who sends it.
 */
export function formOnce({ database }: { database: Database }): RequestHandler {
  const settle = async (key: string, location: string | null): Promise<void> => {
    if (location === null) await database.prisma.formKey.deleteMany({ where: { key } });
    else await database.prisma.formKey.updateMany({ where: { key }, data: { location } });
  };

  /** Null: this request acts on the form. Else where the first one led. */
  async function firstOf({ key, again }: { key: string; again: boolean }): Promise<string | null> {
    const until = performance.now() + MAX_WAIT_MS;
    for (let first = true; performance.now() < until; first = false) {
      const [claim] = await claimForm(database.sql, { key, again: again && first });
      if (claim?.mine) return null;
      if (claim?.location) return claim.location;
      await pause(LOOK_EVERY_MS);
    }
    throw new TooManyRequestsError(1);
  }

  return async (req, res, next) => {
    Object.defineProperty(res.locals, 'formKey', { enumerable: true, configurable: true, get: newId });
    const form = req.method === 'POST' ? formIn(req) : null;
    if (!form) return next();
    const location = await firstOf(form);
    if (location !== null) return res.redirect(303, location);
    settleBefore(res, (led) => settle(form.key, led));
    next();
  };
}

export async function removeOldFormKeysAcrossTenants({ prisma }: Pick<Database, 'prisma'>, now: Date): Promise<void> {
  await prisma.formKey.deleteMany({ where: { claimedAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
}

/** `again`: without a key of its own, a later one is another form. */
function formIn(req: Request): { key: string; again: boolean } | null {
  const { [FIELD]: once, _csrf, ...fields } = (req.body ?? {}) as Record<string, unknown>;
  if (req.body) delete req.body[FIELD];
  if (!req.user) return null;
  const of = [req.user.user.id, req.path];
  if (typeof once === 'string' && once !== '') return { key: digest([...of, once]), again: false };
  return CREATES.test(req.path) ? { key: digest([...of, JSON.stringify(fields)]), again: true } : null;
}

const digest = (parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('base64url');

/** The answer leaves after the key is settled, so that no repeat finds it open. */
function settleBefore(res: Response, settle: (location: string | null) => Promise<void>): void {
  const end = res.end.bind(res) as (...args: unknown[]) => Response;
  const leave = (...args: unknown[]): Response => {
    res.end = end as Response['end'];
    const led = res.statusCode === 303 ? String(res.getHeader('location') ?? '') : '';
    settle(led === '' ? null : led)
      .catch(() => {})
      .finally(() => end(...args));
    return res;
  };
  res.end = leave as Response['end'];
}
