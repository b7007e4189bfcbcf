import { setTimeout } from 'node:timers/promises';
import { Bot, BotError, GrammyError } from 'grammy';
import type { Update, UserFromGetMe } from 'grammy/types';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import { backoffMs, floodPauseMs, type PollingTimes, pause } from './backoff.ts';
import { patientPolling } from './patient-polling.ts';
import { ALLOWED_UPDATES, apiFor, clientOptions } from './telegram.api.ts';
import { createUpdateCursor, type UpdateCursor } from './update-cursor.ts';

export interface PollerOptions {
  token: string;
  apiRoot: string;
  botInfo: { id: number; username: string; name: string };
  times: PollingTimes;
  /** Whether the lease surely still holds. */
  mayPoll: () => boolean;
  /** Whether so many bots are polled here that the quiet ones ask less often. */
  crowded: () => boolean;
  /** Stores updates. The offset moves only after it; a throw means: not stored, ask again. False: the bot is another's now. */
  accept: (updates: Update[]) => Promise<boolean>;
  /** Called with every poll's outcome; the same one comes many times. */
  onHealth: (health: PollerHealth) => void;
  /** A webhook keeps us from polling: takes it away if it is our own, left from webhook mode. */
  removeOwnWebhook?: () => Promise<boolean>;
}

/** `retryInMs` null: it is not tried again. */
export type PollerHealth = { ok: true } | { ok: false; reason: ConnectionFailureReason; retryInMs: number | null };

export interface Poller {
  /** Resolves when polling has ended: stopped, the token refused, or the bot another's. Never rejects. */
  done: Promise<void>;
  /** Ends polling at once; what is being stored is finished. With `confirm` Telegram is told what was stored. */
  stop(options?: { confirm?: boolean }): Promise<void>;
}

// One or two lost calls are no news.
const FAILURES_TO_TELL = 3;
const CONFIRM_TIMEOUT_MS = 2_000;
// The end of the last poll travels on a connection of its own: it should arrive before the next poll, whoever's that is.
const HEAD_START_MS = 50;

/** Thrown out of grammY's batch: the rest of it must not be handled. */
class NotOursError extends Error {}

/** Long-polls one bot with grammY's built-in polling until stopped. */
export function startPoller(options: PollerOptions): Poller {
  const { times, onHealth, apiRoot, token } = options;
  const stopping = new AbortController();
  const cursor = createUpdateCursor();
  let conflicted = false;
  let failedStores = 0;

  /** How long to wait before polling again; null to end. */
  async function afterRun(error: unknown): Promise<number | null> {
    if (stopping.signal.aborted || !options.mayPoll()) return null;
    if (error instanceof BotError) {
      if (error.error instanceof NotOursError) return null;
      failedStores += 1;
      return backoffMs(failedStores, times, Math.random());
    }
    if (error instanceof GrammyError && error.error_code === 401) {
      onHealth({ ok: false, reason: 'token_revoked', retryInMs: null });
      return null;
    }
    const byWebhook = isWebhookConflict(error);
    if (byWebhook && (await options.removeOwnWebhook?.())) return 0;
    conflicted = true;
    const retryInMs = times.conflictMs * (1 + Math.random() / 10);
    onHealth({ ok: false, reason: byWebhook ? 'webhook_set' : 'polled_elsewhere', retryInMs });
    return retryInMs;
  }

  const bot = (): Bot =>
    createBot(options, {
      cursor,
      signal: stopping.signal,
      // After a failure one by one, so that an update that cannot be stored does not keep the others out.
      oneByOne: () => failedStores > 0,
      onStored: () => {
        failedStores = 0;
      },
      onAnswer(waited) {
        // The other poller may be back within seconds: only a whole long poll shows that the bot is ours alone.
        if (conflicted && !waited) return;
        conflicted = false;
        onHealth({ ok: true });
      },
    });

  async function run(): Promise<void> {
    for (;;) {
      const error = await bot()
        .start({ allowed_updates: ALLOWED_UPDATES })
        .catch((reason: unknown) => reason);
      const waitMs = await afterRun(error);
      if (waitMs === null) return;
      await pause(waitMs, stopping.signal);
    }
  }

  const done = run();
  return {
    done,
    async stop({ confirm = false } = {}) {
      stopping.abort();
      await done;
      await setTimeout(HEAD_START_MS);
      const offset = cursor.unconfirmed();
      if (!confirm || offset === undefined || !options.mayPoll()) return;
      await apiFor({ apiRoot, timeoutMs: CONFIRM_TIMEOUT_MS }, token)
        .getUpdates({ offset, limit: 1, timeout: 0 })
        .catch(() => {});
    },
  };
}

interface Wiring {
  cursor: UpdateCursor;
  signal: AbortSignal;
  oneByOne: () => boolean;
  onStored: () => void;
  onAnswer: (waited: boolean) => void;
}

function createBot({ token, apiRoot, botInfo, times, mayPoll, crowded, accept, onHealth }: PollerOptions, wiring: Wiring): Bot {
  // patientPolling ends every call in time itself; this is only the outermost limit.
  const timeoutMs = Math.max(times.pollMs, times.quietPollMs) + 2 * times.graceMs;
  const bot = new Bot(token, { client: clientOptions({ apiRoot, timeoutMs }), botInfo: userOf(botInfo) });
  const onUnreachable = (failures: number, retryInMs: number): void => {
    if (failures >= FAILURES_TO_TELL) onHealth({ ok: false, reason: 'unreachable', retryInMs });
  };
  let batch: Update[] = [];
  let singly = false;
  const onAnswer = (waited: boolean, updates: Update[]): void => {
    batch = [...updates];
    singly = wiring.oneByOne();
    wiring.onAnswer(waited);
  };
  bot.api.config.use(patientPolling({ ...wiring, times, mayPoll, crowded, onUnreachable, onAnswer }));
  bot.use(async ({ update }) => {
    // grammY hands over one at a time; with the first we store all that came with it, and the rest is done already.
    const at = batch.findIndex(({ update_id }) => update_id === update.update_id);
    if (at < 0) return;
    const together = batch.splice(0, singly ? at + 1 : batch.length);
    if (wiring.signal.aborted || !(await accept(together))) throw new NotOursError();
    wiring.cursor.accepted(together.at(-1)?.update_id ?? update.update_id, Date.now());
    wiring.onStored();
    await pause(floodPauseMs(together.length, times), wiring.signal);
  });
  // grammY's own handler prints the error, which holds the customer's message. Throwing leaves the rest of the batch.
  bot.catch((error) => {
    throw error;
  });
  return bot;
}

const isWebhookConflict = (error: unknown): boolean => error instanceof GrammyError && /webhook/i.test(error.description);

const userOf = ({ id, username, name }: PollerOptions['botInfo']): UserFromGetMe =>
  ({ id, is_bot: true, first_name: name, username }) as UserFromGetMe;
