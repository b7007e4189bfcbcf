import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { LimitReachedError, NotFoundError } from '#core/errors.ts';
import { GOLDEN_LIMITS } from '#core/golden-limits.ts';
import { certainlyContained, mustContainOf } from '#core/golden-of-answer.ts';
import type { PlanName } from '#core/plans.ts';
import { shownText } from '#core/words/message-parts.ts';
import type { RevisionsService } from '#features/revisions/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { GoldenAnswer, GoldenQueries, GoldenRow, NewGolden } from './golden.queries.ts';
import { type GoldenForm, MAX_QUESTION_CHARS } from './quality.schema.ts';
import { QUIET_SECONDS } from './runs.repo.ts';

interface Deps {
  golden: GoldenQueries;
  revisions: RevisionsService;
  planOf: (tenantId: string) => Promise<PlanName>;
  now: () => Promise<Date>;
  audit: AuditLog;
  /** The runner looks for work in so many seconds. */
  wake: (afterSeconds: number) => void;
}

/** A correction of an answer, or the answer to an open question. */
export interface AnsweredByMember {
  question: string;
  content: string;
  origin: 'correction' | 'question' | 'import';
  originId: string;
}

/** `worse`: it was right and nobody accepted that it is not. */
export type GoldenState = 'worse' | 'wrong' | 'right' | 'unasked';

export interface ShownGolden extends GoldenRow {
  state: GoldenState;
  /** The right answer before it got worse, else the one before the last. */
  before: string | null;
  after: GoldenAnswer | null;
  isChanged: boolean;
}

export interface Proposal {
  question: string;
  mustContain: string[];
}

const MOST_PROPOSED = 3;
const ORDER: GoldenState[] = ['worse', 'wrong', 'unasked', 'right'];
const MAX_SUSPECTS = 10;

export function createQualityService({ golden, revisions, planOf, now, audit, wake }: Deps) {
  const record = (actor: Actor, action: AuditAction, botId: string, details: object = {}): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'bot', targetId: botId, details: { ...details } });

  /** @throws NotFoundError */
  async function find(tenantId: string, botId: string, id: unknown) {
    const found = isId(id) ? await golden.find(tenantId, botId, id) : null;
    if (!found) throw new NotFoundError();
    return found;
  }

  /** @throws NotFoundError, LimitReachedError. The same question twice is one. */
  async function add(actor: Actor, botId: string, form: NewGolden): Promise<void> {
    const most = GOLDEN_LIMITS[await planOf(actor.tenantId)].questions;
    const added = await golden.add(actor.tenantId, botId, form, most);
    if (added === 'gone') throw new NotFoundError();
    if (added === 'full') throw new LimitReachedError('quality.form.full', { max: most, count: most });
    if (added !== 'added') return;
    wake(QUIET_SECONDS + 1);
    await record(actor, 'quality.added', botId);
  }

  return {
    find,

    async page(tenantId: string, botId: string) {
      const [rows, runs, plan, moment] = await Promise.all([
        golden.list(tenantId, botId),
        golden.runs(tenantId, botId),
        planOf(tenantId),
        now(),
      ]);
      const shown = rows.map(shownGolden).toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
      const counts = Object.fromEntries(ORDER.map((state) => [state, shown.filter((one) => one.state === state).length]));
      const { questions, calls } = GOLDEN_LIMITS[plan];
      return {
        ...{ golden: shown, counts, current: runs[0] ?? null },
        // A run of new questions alone says nothing of the whole.
        runs: runs.filter(({ reason }) => reason !== 'added'),
        proposals: rows.length < questions ? await proposals(tenantId, botId, rows) : [],
        limits: { questions, calls, used: await golden.callsToday(tenantId, moment) },
        suspects: counts['worse'] ? await suspects(tenantId, botId, shown) : [],
      };
    },

    async add(actor: Actor, botId: string, form: GoldenForm): Promise<void> {
      await add(actor, botId, { ...form, origin: 'hand' });
    },

    /** Made by the way, of what a member wrote: a full plan or a question that is known makes none. */
    async keep(actor: Actor, botId: string, { question, content, ...origin }: AnsweredByMember): Promise<void> {
      const words = question.replace(/\s+/g, ' ').trim().slice(0, MAX_QUESTION_CHARS);
      if (words === '') return;
      const rules = { mustContain: mustContainOf(content), mustNotContain: [], mustRefuse: false, rubric: '' };
      await add(actor, botId, { question: words, ...rules, ...origin }).catch((error: unknown) => {
        if (!(error instanceof LimitReachedError)) throw error;
      });
    },

    async change(actor: Actor, botId: string, id: string, form: GoldenForm): Promise<void> {
      if (!(await golden.change(actor.tenantId, botId, id, form))) throw new NotFoundError();
      wake(0);
      await record(actor, 'quality.changed', botId);
    },

    async remove(actor: Actor, botId: string, id: string): Promise<void> {
      if (!(await golden.remove(actor.tenantId, botId, id))) throw new NotFoundError();
      await record(actor, 'quality.removed', botId);
    },

    /** The worse answer stays as it is. */
    async accept(actor: Actor, botId: string, id: string): Promise<void> {
      if (!(await golden.accept(actor.tenantId, botId, id))) throw new NotFoundError();
      await record(actor, 'quality.accepted', botId);
    },

    async run(actor: Actor, botId: string): Promise<void> {
      await golden.ask(actor.tenantId, botId);
      wake(0);
      await record(actor, 'quality.asked', botId);
    },
  };

  /** Of the newest entries that name numbers: what customers ask of them, with the numbers that an answer must hold. */
  async function proposals(tenantId: string, botId: string, known: GoldenRow[]): Promise<Proposal[]> {
    const asked = new Set(known.map(({ question }) => question));
    return (await golden.entries(tenantId, botId))
      .map(({ title, content, questions }) => ({ question: questions[0] ?? title, mustContain: certainlyContained(content) }))
      .filter(({ question, mustContain }) => mustContain.length > 0 && !asked.has(question))
      .slice(0, MOST_PROPOSED);
  }

  /** What was saved since the answers were right, newest first: one of it made them worse. */
  async function suspects(tenantId: string, botId: string, shown: ShownGolden[]) {
    const rightAt = shown.flatMap(({ state, rightAt: at }) => (state === 'worse' && at ? [at.getTime()] : []));
    return revisions.since(tenantId, botId, new Date(Math.min(...rightAt)), MAX_SUSPECTS);
  }
}

export type QualityService = ReturnType<typeof createQualityService>;

function shownGolden(row: GoldenRow): ShownGolden {
  const [after = null, previous = null] = (row.answers ?? []).map(shownAnswer);
  const state = stateOf(row, after);
  const rightText = row.rightText === null ? null : shownText(row.rightText, after?.mode ?? null);
  const before = state === 'worse' ? rightText : (previous?.text ?? null);
  return { ...row, state, before, after, isChanged: before !== null && before !== after?.text };
}

function stateOf({ rightAt, acceptedAt }: GoldenRow, after: GoldenAnswer | null): GoldenState {
  if (!after) return 'unasked';
  if (after.right) return 'right';
  return rightAt && !(acceptedAt && acceptedAt > rightAt) ? 'worse' : 'wrong';
}

const shownAnswer = (answer: GoldenAnswer): GoldenAnswer => ({ ...answer, text: shownText(answer.text, answer.mode) });
