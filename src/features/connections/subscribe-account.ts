import type { Channels, Credentials } from '#channels/channel.ts';
import type { ChannelKind } from '#core/message.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { withinTimeout } from './check-credentials.ts';

interface Account {
  tenantId: string;
  id: string;
  platform: ChannelKind;
}

/** These say nothing about the subscription. */
const PASSING: readonly PeerFailureReason[] = ['unreachable', 'rate_limited'];

/** Asks the platform to deliver the account's messages, and notes the outcome. Returns the refusal or null. */
export function createSubscribeAccount({ database, channels }: { database: Database; channels: Channels }) {
  return async ({ tenantId, id, platform }: Account, credentials: Credentials): Promise<PeerFailureReason | null> => {
    const asked = channels[platform]?.subscribe?.(credentials);
    if (!asked) return null;
    const answer: Awaited<typeof asked> = (await withinTimeout(asked)) ?? { ok: false, reason: 'unreachable' };
    const { parentAccountId } = answer;
    const isTold = answer.ok || !PASSING.includes(answer.reason);
    const data = {
      ...(isTold && { subscribedAt: answer.ok ? await database.now() : null }),
      ...(parentAccountId && { parentAccountId }),
    };
    if (Object.keys(data).length > 0) await database.prisma.connection.updateMany({ where: { tenantId, id }, data });
    return answer.ok ? null : answer.reason;
  };
}

export type SubscribeAccount = ReturnType<typeof createSubscribeAccount>;
