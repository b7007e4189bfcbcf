// How long Telegram keeps what nobody asked for. Source: https://core.telegram.org/bots/api#getting-updates (seen 2026-08).
const KEPT_MS = 24 * 60 * 60 * 1_000;

/**
 * R31: notices when a bot was not polled for longer than Telegram keeps its messages, so that some may be lost for good.
 * `silentMs`: how long it had not been when this watch began; null: it is not known, or the owner had stopped it.
 * @returns what to call at every answer of Telegram, with the time in milliseconds.
 */
export function createGapWatch({
  silentMs,
  nowMs,
  record,
}: {
  silentMs: number | null;
  nowMs: number;
  record: (gapMs: number) => void;
}) {
  let lastMs = silentMs === null ? null : nowMs - silentMs;
  return (answeredMs: number): void => {
    const gapMs = lastMs === null ? 0 : answeredMs - lastMs;
    lastMs = answeredMs;
    if (gapMs > KEPT_MS) record(gapMs);
  };
}
