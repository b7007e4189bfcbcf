import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { DAY_MS } from '#core/durations.ts';
import { TooManyRequestsError } from '#core/errors.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Sealer } from '#platform/crypto/seal.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { awayFromPlace } from '#platform/held-place.ts';
import { type Flash, flash, flashesOf } from './flash.ts';

/** Where a form led, and what it said there: sealed JSON, because an invitation's link is among it. */
interface Led {
  location: string;
  flashes: string | null;
}

const claimForm = report<{ key: string; again: boolean }, { mine: boolean; location: string | null; flashes: string | null }>(
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
 * A form that was sent twice is acted on once, over all processes: the repeat gets the redirect and the message of the first, whose
 * answer a browser drops. A refused form is free to be sent again. Behind the CSRF check, since the key belongs to the member who
 * sends it.
 */
export function formOnce({ database, sealer }: { database: Database; sealer: Sealer }): RequestHandler {
  const settle = async (key: string, led: Led | null): Promise<void> => {
    if (led === null) await database.prisma.formKey.deleteMany({ where: { key } });
    else await database.prisma.formKey.updateMany({ where: { key }, data: led });
  };

  /** Null: this request acts on the form. Else where the first one led. */
  async function firstOf({ key, again }: { key: string; again: boolean }): Promise<Led | null> {
    const until = performance.now() + MAX_WAIT_MS;
    for (let first = true; performance.now() < until; first = false) {
      const [claim] = await claimForm(database.sql, { key, again: again && first });
      if (claim?.mine) return null;
      if (claim?.location) return { location: claim.location, flashes: claim.flashes };
      await awayFromPlace(() => pause(LOOK_EVERY_MS));
    }
    throw new TooManyRequestsError(1);
  }

  return async (req, res, next) => {
    Object.defineProperty(res.locals, 'formKey', { enumerable: true, configurable: true, get: newId });
    const form = req.method === 'POST' ? formIn(req) : null;
    if (!form) return next();
    const place = { table: 'form_keys', column: 'flashes', rowId: form.key, tenantId: form.tenantId };
    const first = await firstOf(form);
    if (first === null) {
      const said = (): string => sealer.seal(JSON.stringify(flashesOf(req)), place);
      settleBefore(res, (location) => settle(form.key, location === null ? null : { location, flashes: said() }));
      return next();
    }
    const said = first.flashes === null ? [] : (JSON.parse(sealer.open(first.flashes, place)) as Flash[]);
    for (const { kind, key, params } of said) flash(req, kind, key, params);
    res.redirect(303, first.location);
  };
}

export async function removeOldFormKeysAcrossTenants({ prisma }: Pick<Database, 'prisma'>, now: Date): Promise<void> {
  await prisma.formKey.deleteMany({ where: { claimedAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
}

/** `again`: without a key of its own, a later one is another form. */
function formIn(req: Request): { key: string; again: boolean; tenantId: string } | null {
  const { [FIELD]: once, _csrf, ...fields } = (req.body ?? {}) as Record<string, unknown>;
  if (req.body) delete req.body[FIELD];
  if (!req.user) return null;
  const { user, tenant } = req.user;
  const of = [user.id, req.path];
  if (typeof once === 'string' && once !== '') return { key: digest([...of, once]), again: false, tenantId: tenant.id };
  return CREATES.test(req.path) ? { key: digest([...of, JSON.stringify(fields)]), again: true, tenantId: tenant.id } : null;
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
