import type { HistoryTurn } from '#core/message.ts';

/** In characters, so that a flood of messages cannot crowd out the rules. */
export const HISTORY_LIMITS = { turn: 1_000, all: 6_000 };
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const OLDEST_MS = 7 * DAY_MS;
/** A pause that changes the meaning of "in 5 minutes". */
const GAP_MS = 3 * HOUR_MS;

interface Timed {
  role: HistoryTurn['role'];
  text: string;
  atMs: number | null;
}

/** The newest turns, starting with the customer and alternating, as Gemini requires. A long pause is stated. */
export function recentTurns(history: readonly HistoryTurn[], now: Date): Pick<HistoryTurn, 'role' | 'text'>[] {
  const timed = history.map(
    ({ role, text, at }): Timed => ({
      role,
      text: text.trim().slice(0, HISTORY_LIMITS.turn),
      atMs: at === undefined ? null : new Date(at).getTime(),
    }),
  );
  const recent = timed.filter(({ text, atMs }) => text !== '' && (atMs === null || now.getTime() - atMs <= OLDEST_MS));
  const turns: Pick<HistoryTurn, 'role' | 'text'>[] = [];
  let left = HISTORY_LIMITS.all;
  for (const [at, turn] of [...recent.entries()].reverse()) {
    const text = `${gapBefore(turn, recent[at - 1])}${turn.text}`;
    left -= text.length;
    if (left < 0) break;
    const next = turns[0];
    if (next?.role === turn.role) next.text = `${text}\n${next.text}`;
    else turns.unshift({ role: turn.role, text });
  }
  return turns[0]?.role === 'bot' ? turns.slice(1) : turns;
}

/** `3 days` after a long pause, else null. */
export function pauseSince(history: readonly HistoryTurn[], now: Date): string | null {
  const at = history.at(-1)?.at;
  return at === undefined ? null : pauseOf(now.getTime() - new Date(at).getTime());
}

function gapBefore({ atMs }: Timed, before: Timed | undefined): string {
  const pause = atMs === null || before?.atMs == null ? null : pauseOf(atMs - before.atMs);
  return pause === null ? '' : `[${pause} later] `;
}

function pauseOf(ms: number): string | null {
  if (ms < GAP_MS) return null;
  const [count, unit] = ms < 2 * DAY_MS ? [Math.round(ms / HOUR_MS), 'hours'] : [Math.round(ms / DAY_MS), 'days'];
  return `${count} ${unit}`;
}
