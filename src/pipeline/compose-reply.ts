import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import type { SendPauses } from '#channels/send-pauses.ts';
import { type Decision, type FixedSentence, MAX_MEDIA_BYTES } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { Attachment, ChannelKind, InlineMedia } from '#core/message.ts';
import type { Logger } from '#platform/logger.ts';
import type { ChargeAhead } from './begin-turns.ts';
import type { Composer, NewReply, Turn, TurnNotices } from './turn.ts';

// Most of a quick answer's cost would be to announce it, where it does not mark the question as read too.
const TYPING_AFTER_MS = 500;
// Shown again a little before it would end.
const TYPING_OVERLAP_MS = 500;

/** pipeline, as the pipeline uses it. */
export interface TurnUsage {
  chargeAhead: ChargeAhead;
  chargeTurn(turn: {
    tenantId: string;
    conversationId: string;
    epoch: number;
    customerId: string | null;
    messageIds: number[];
  }): Promise<{ ok: true; month: string } | { ok: false; reason: 'quota_reached' | 'customer_pause' }>;
  releaseMessages(messageIds: number[], turn?: Pick<Turn, 'conversationId' | 'epoch'>): Promise<unknown>;
}

export interface ReplyComposerDeps {
  composer: Composer;
  /** Whether an AI is configured at all; without one nothing is charged. */
  aiConfigured: boolean;
  usage: TurnUsage;
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  sentence: (language: ReplyLanguage, key: FixedSentence, params: { bot: string }) => string;
  pauses: Pick<SendPauses, 'isRevoked'>;
  notices: Pick<TurnNotices, 'quotaReached'>;
  logger: Logger;
  /** How long an answer may take before the customer sees "typing…"; shorter in tests only. */
  typingAfterMs?: number;
}

export interface ComposedReply {
  reply: NewReply;
  /** The month an AI answer was charged to. */
  chargedMonth: string | null;
}

/** Makes a turn's reply as decided: our sentence, the owner's greeting, or the answerer's, "typing…" meanwhile. */
export function createReplyComposer(deps: ReplyComposerDeps) {
  const { typingAfterMs = TYPING_AFTER_MS } = deps;
  const fixed = (text: string): ComposedReply => ({
    reply: { text, mode: 'fixed', reason: null, sources: [] },
    chargedMonth: null,
  });
  const say = (turn: Turn, language: ReplyLanguage, key: FixedSentence) =>
    fixed(deps.sentence(language, key, { bot: turn.bot.name }));

  async function ask(turn: Turn, messageIds: number[], { text, media }: Decision & { act: 'ask' }, language: ReplyLanguage) {
    // Pictures may take their time; that they were seen need not.
    if (media.length > 0) markRead(turn);
    const files = await fetchAll(turn, media);
    if (!text && files.length === 0) return say(turn, language, 'media_failed');
    const charge = await chargeFor(turn, messageIds);
    if (charge?.ok === false && charge.reason === 'quota_reached') tellOwner(turn.tenantId);
    const stopTyping = charge?.ok ? showTyping(turn) : markRead(turn);
    try {
      const { tenantId, bot, history } = turn;
      const aiRefusal = charge?.ok === false ? charge.reason : null;
      const reply = await deps.composer.compose({ tenantId, bot, language, text, media: files, history, aiRefusal });
      if (reply.mode === 'ai') return { reply, chargedMonth: charge?.ok ? charge.month : null };
      if (charge?.ok) await deps.usage.releaseMessages(messageIds, turn);
      // Small talk has got what it wants; it is the only one of these with a reason of its own and without a file.
      const unanswered = reply.mode === 'fallback' && (reply.reason === 'no_knowledge' || files.length > 0);
      return { reply: { ...reply, keep: aiRefusal === 'quota_reached' && unanswered }, chargedMonth: null };
    } finally {
      stopTyping();
    }
  }

  function chargeFor(turn: Turn, messageIds: number[]): ReturnType<TurnUsage['chargeTurn']> | null {
    if (!deps.aiConfigured) return null;
    return turn.chargedMonth
      ? Promise.resolve({ ok: true, month: turn.chargedMonth })
      : deps.usage.chargeTurn({ ...turn, messageIds });
  }

  /** What the platform does not hand over is left out. */
  async function fetchAll({ connection }: Turn, media: Attachment[]): Promise<InlineMedia[]> {
    const channel = deps.channels[connection.platform];
    if (!channel || media.length === 0) return [];
    const credentials = deps.openCredentials(connection);
    const found: InlineMedia[] = [];
    let roomBytes = MAX_MEDIA_BYTES;
    for (const { fileId = '' } of media) {
      const fetched = await channel.fetchMedia(credentials, fileId, roomBytes);
      if (!fetched.ok) continue;
      found.push(fetched.media);
      roomBytes -= Math.ceil((fetched.media.base64.length * 3) / 4);
    }
    return found;
  }

  function showTyping({ connection, chatId, waiting }: Turn): () => void {
    const channel = deps.channels[connection.platform];
    if (!channel) return () => {};
    const credentials = deps.openCredentials(connection);
    const show = (): void => {
      if (deps.pauses.isRevoked(connection.sealedSecrets)) return;
      timer = setTimeout(show, channel.typingMs - TYPING_OVERLAP_MS);
      channel.showTyping(credentials, chatId, waiting.at(-1)?.externalId).catch(() => {});
    };
    let timer = setTimeout(show, channel.marksRead ? 0 : typingAfterMs);
    return () => clearTimeout(timer);
  }

  /** In place of "typing…" where the answer takes no time: there is nothing to stop. */
  function markRead({ connection, chatId, waiting }: Turn): () => void {
    const [channel, last] = [deps.channels[connection.platform], waiting.at(-1)];
    if (channel?.marksRead && last) channel.markRead(deps.openCredentials(connection), chatId, last.externalId).catch(() => {});
    return () => {};
  }

  function tellOwner(tenantId: string): void {
    deps.notices
      .quotaReached({ tenantId })
      .catch((err: Error) => deps.logger.warn(err, 'the owner was not told of the reached limit'));
  }

  return async (turn: Turn, messageIds: number[], decision: Decision, language: ReplyLanguage): Promise<ComposedReply> => {
    if (decision.act !== 'ask') {
      markRead(turn);
      if (turn.chargedMonth) await deps.usage.releaseMessages(messageIds, turn);
    }
    switch (decision.act) {
      case 'greet':
        return fixed(decision.text);
      case 'fixed':
        return say(turn, language, decision.sentence);
      case 'ask':
        return ask(turn, messageIds, decision, language);
    }
  };
}

export type ReplyComposer = ReturnType<typeof createReplyComposer>;
