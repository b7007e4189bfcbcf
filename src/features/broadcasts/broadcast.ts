import type { MessageTemplate } from '#core/broadcast-parts.ts';
import type { BroadcastState, HaltReason, RecipientCounts, RecipientState } from '#core/broadcast-state.ts';

/** Whom a broadcast is for. Null means everybody. */
export interface Audience {
  channel: string | null;
  language: string | null;
  activeDays: number | null;
}

export interface BroadcastContent extends Audience {
  text: string;
  buttonLabel: string | null;
  buttonUrl: string | null;
  photoId: string | null;
  template: MessageTemplate | null;
  scheduledAt: Date | null;
}

/** A broadcast as its owner sees it. */
export interface Broadcast extends BroadcastContent {
  id: string;
  state: BroadcastState;
  stateReason: HaltReason | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: Partial<RecipientCounts>;
}

/** How many recipients are in a state for a reason. */
export interface CountRow {
  state: RecipientState;
  reason: string | null;
  count: number;
}
