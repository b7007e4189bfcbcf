import { MINUTE_MS } from '#core/durations.ts';
import { type AiFailureReason, type AiProblemReason, isAiProblem } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';

interface Problem {
  reason: AiProblemReason;
  /** '': every model. */
  model: string;
}

const noteProblem = report<Problem & { ofKey: string; pauseMs: number }, { reason: string }>(
  import.meta.url,
  './statements/note-ai-problem.sql',
);
const openProblems = report<{ ofKey: string }, Problem & { waitMs: number }>(
  import.meta.url,
  './statements/open-ai-problems.sql',
);
const takeProbe = report<Problem & { probeMs: number }, { reason: string }>(import.meta.url, './statements/take-ai-probe.sql');
const solveProblems = report<{ model: string }, { reason: string }>(import.meta.url, './statements/solve-ai-problems.sql');

const PAUSE_MS = 10 * MINUTE_MS;
/** The longest time limit of one question. */
const PROBE_MS = 20_000;
/** Other processes' problems are heard of by a notification; this is for a lost one. */
const FRESH_MS = 30_000;

export interface AiProblems {
  /** Why the model is not asked now; null: it is. Costs a statement only after a pause. */
  refusal(model: string): Promise<AiFailureReason | null>;
  note(model: string, reason: AiFailureReason): void;
  answered(model: string): void;
}

export const NO_PROBLEMS: AiProblems = { refusal: async () => null, note: () => {}, answered: () => {} };

interface Deps {
  sql: Database['sql'];
  /** A digest of the key, so that a new key is asked at once. */
  ofKey: string;
  changed: () => Promise<void>;
  logger: Pick<Logger, 'warn'>;
  now?: () => number;
}

/**
 * What only the operator can mend: Google refuses the key, the country, or wants money, or a model is gone. After the first such
 * refusal no process asks for ten minutes; then one of them asks once.
 */
export function createAiProblems({ sql, ofKey, changed, logger, now = Date.now }: Deps): AiProblems & { reload: () => void } {
  let known = new Map<string, Problem & { untilMs: number }>();
  let loading: Promise<void> | null = null;
  /** What is being read may be older than the last change. */
  let outdated = false;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  const keyOf = ({ reason, model }: Problem): string => `${reason} ${model}`;
  const failed = (err: unknown): void => logger.warn({ err }, 'the state of the AI could not be shared with the other processes');

  async function load(): Promise<void> {
    do {
      outdated = false;
      const rows = await openProblems(sql, { ofKey });
      known = new Map(rows.map((row) => [keyOf(row), { ...row, untilMs: now() + row.waitMs }]));
    } while (outdated);
  }

  function reload(): Promise<void> {
    outdated = true;
    loading ??= load()
      .catch(failed)
      .finally(() => {
        loadedAtMs = now();
        loading = null;
      });
    return loading;
  }

  async function share(change: Promise<unknown>): Promise<void> {
    await change.then(changed).catch(failed);
  }

  return {
    reload: () => void reload(),

    async refusal(model) {
      if (loadedAtMs === Number.NEGATIVE_INFINITY) await reload();
      else if (now() - loadedAtMs > FRESH_MS) void reload();
      for (const problem of known.values()) {
        if (problem.model !== '' && problem.model !== model) continue;
        if (now() < problem.untilMs) return problem.reason;
        problem.untilMs = now() + PROBE_MS;
        const { reason, model: of } = problem;
        const taken = await takeProbe(sql, { reason, model: of, probeMs: PROBE_MS }).catch(() => []);
        if (taken.length === 0) return reason;
      }
      return null;
    },

    note(model, reason) {
      if (!isAiProblem(reason)) return;
      const problem = { reason, model: reason === 'model_retired' ? model : '' };
      known.set(keyOf(problem), { ...problem, untilMs: now() + PAUSE_MS });
      void share(noteProblem(sql, { ...problem, ofKey, pauseMs: PAUSE_MS }));
    },

    answered(model) {
      const over = [...known.values()].filter((problem) => problem.model === '' || problem.model === model);
      if (over.length === 0) return;
      for (const problem of over) known.delete(keyOf(problem));
      void share(solveProblems(sql, { model }));
    },
  };
}
