import type { SkipReason } from './broadcast-state.ts';
import type { ChannelKind } from './message.ts';

// Per second and connection. Telegram, the strictest, allows about 30 to different people; the others 80 and more.
// Source: core.telegram.org/bots/faq, META docs/whatsapp/messaging-limits (2026-11).
export const BROADCASTS_PER_SECOND = 27;

export interface AudienceGroup {
  connectionId: string;
  channel: ChannelKind;
  /** Null: they receive the broadcast. */
  skip: SkipReason | null;
  /** They receive the approved template in place of the text. */
  byTemplate: boolean;
  count: number;
}

export interface Preflight {
  recipients: number;
  byChannel: { channel: ChannelKind; count: number; byTemplate: number }[];
  skipped: { reason: SkipReason; count: number }[];
  seconds: number;
  planLeft: number;
  covered: boolean;
  refusal: 'nobody' | 'plan_limit' | null;
}

export function planBroadcast({ groups, planLeft }: { groups: readonly AudienceGroup[]; planLeft: number }): Preflight {
  const going = groups.filter(({ skip }) => skip === null);
  const recipients = sum(going);
  const seconds = [...byKey(going, ({ connectionId }) => connectionId)].map(([, ofConnection]) =>
    Math.ceil(sum(ofConnection) / BROADCASTS_PER_SECOND),
  );
  const covered = recipients <= planLeft;
  return {
    recipients,
    byChannel: [...byKey(going, ({ channel }) => channel)].map(([channel, rows]) => ({
      channel,
      count: sum(rows),
      byTemplate: sum(rows.filter(({ byTemplate }) => byTemplate)),
    })),
    skipped: [...byKey(groups, ({ skip }) => skip)]
      .flatMap(([reason, rows]) => (reason ? [{ reason, count: sum(rows) }] : []))
      .toSorted((a, b) => b.count - a.count),
    seconds: Math.max(0, ...seconds),
    planLeft,
    covered,
    refusal: recipients === 0 ? 'nobody' : covered ? null : 'plan_limit',
  };
}

const sum = (groups: readonly AudienceGroup[]): number => groups.reduce((total, { count }) => total + count, 0);

function byKey<Key>(groups: readonly AudienceGroup[], keyOf: (group: AudienceGroup) => Key): Map<Key, AudienceGroup[]> {
  const found = new Map<Key, AudienceGroup[]>();
  for (const group of groups) {
    if (group.count === 0) continue;
    found.set(keyOf(group), [...(found.get(keyOf(group)) ?? []), group]);
  }
  return found;
}
