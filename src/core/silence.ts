import { DAY_MS } from './durations.ts';

/** How long the bot is silent after a person wrote in the conversation. Each message of theirs restarts the time. */
export const SILENCE_MINUTES = 60;

/** How long a person may have a conversation. `open`: until it is handed back. */
export const PAUSE_MINUTES = { hour: 60, four: 4 * 60, day: 24 * 60, open: 365 * 24 * 60 } as const;
export type Pause = keyof typeof PAUSE_MINUTES;
export const PAUSES = Object.keys(PAUSE_MINUTES) as [Pause, ...Pause[]];

/** Whether it is until it is handed back. */
export const isOpenEnded = (until: Date, now: Date): boolean => until.getTime() - now.getTime() > 7 * DAY_MS;
