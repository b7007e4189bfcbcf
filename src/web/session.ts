import { createHash } from 'node:crypto';
import type { CookieOptions, RequestHandler } from 'express';
import session, { type SessionData } from 'express-session';
import type { Database } from '#platform/db/database.ts';
import { cookieFlags, cookieName } from './cookies.ts';

declare module 'express-session' {
  interface SessionData {
    passport?: { user: string };
    /** Where the person signed in from; shown in the list of sessions. */
    device?: { ip: string; userAgent: string };
    lastSeenMs?: number;
    /** When the password was last given. */
    signedInMs?: number;
  }
}

const DAY_MS = 86_400_000;
const LIFETIME_MS = 14 * DAY_MS;
/** "Last seen" is this coarse, so that reading a page is no write. */
const TOUCH_EVERY_MS = 5 * 60_000;

/** What the table knows a session by: a stolen table opens none. */
export const sessionKey = (sessionId: string): string => createHash('sha256').update(sessionId).digest('hex');

/** Sessions in the database, for signed-in people only; anybody else gets no row. Ids we did not give out are refused. */
export function sessions({ database, secret }: { database: Database; secret: string }): RequestHandler {
  const make = (secure: boolean): RequestHandler =>
    session({
      store: new DatabaseStore(database, cookieFlags(secure)),
      secret,
      name: cookieName('sid', secure),
      cookie: (req) => ({ ...cookieFlags(req.secure), maxAge: LIFETIME_MS }) as session.CookieOptions,
      resave: false,
      rolling: true,
      saveUninitialized: false,
      // Not 'destroy': a session that could not be read for a moment would be ended.
      unset: 'keep',
    });
  const [overHttps, overHttp] = [make(true), make(false)];
  return (req, res, next) => (req.secure ? overHttps : overHttp)(req, res, next);
}

type Done<T = void> = (error?: unknown, value?: T | null) => void;

/** express-session takes ENOENT for "no such session", which a lost database socket also says; it must be a fault. */
const failed =
  (done: Done<never>) =>
  (cause: unknown): void =>
    done(new Error('The session store failed', { cause }));

class DatabaseStore extends session.Store {
  readonly #database: Database;
  /** The table keeps none of them; without them the cookie would be renewed bare. */
  readonly #flags: CookieOptions;

  constructor(database: Database, flags: CookieOptions) {
    super();
    this.#database = database;
    this.#flags = flags;
  }

  override get(sessionId: string, done: Done<SessionData>): void {
    this.#database.sql
      .query<{ data: SessionData; seen: Date; expires: Date }>(
        'SELECT data, last_seen_at AS seen, expires_at AS expires FROM sessions WHERE id_hash = $1 AND expires_at > now()',
        [sessionKey(sessionId)],
      )
      .then(({ rows: [row] }) => {
        if (!row) return done(null, null);
        const cookie = { ...this.#flags, originalMaxAge: LIFETIME_MS, expires: row.expires } as SessionData['cookie'];
        done(null, { ...row.data, cookie, lastSeenMs: row.seen.getTime() });
      }, failed(done));
  }

  override set(sessionId: string, data: SessionData, done: Done = () => {}): void {
    const { cookie: _cookie, lastSeenMs: _seen, ...rest } = data;
    this.#database.sql
      .query(
        `INSERT INTO sessions (id_hash, user_id, data, ip, user_agent, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id_hash) DO UPDATE
         SET user_id = excluded.user_id, data = excluded.data, ip = excluded.ip, user_agent = excluded.user_agent,
             last_seen_at = now(), expires_at = excluded.expires_at`,
        [
          sessionKey(sessionId),
          data.passport?.user ?? null,
          JSON.stringify(rest),
          data.device?.ip ?? null,
          data.device?.userAgent ?? null,
          new Date(Date.now() + LIFETIME_MS),
        ],
      )
      .then(() => done(), failed(done));
  }

  override touch(sessionId: string, data: SessionData, done: Done = () => {}): void {
    if (Date.now() - (data.lastSeenMs ?? 0) < TOUCH_EVERY_MS) {
      done();
      return;
    }
    this.#database.sql
      .query('UPDATE sessions SET last_seen_at = now(), expires_at = $2 WHERE id_hash = $1', [
        sessionKey(sessionId),
        new Date(Date.now() + LIFETIME_MS),
      ])
      .then(() => done(), failed(done));
  }

  override destroy(sessionId: string, done: Done = () => {}): void {
    this.#database.sql.query('DELETE FROM sessions WHERE id_hash = $1', [sessionKey(sessionId)]).then(() => done(), failed(done));
  }
}
