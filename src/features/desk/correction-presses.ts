import { DESK_DATA, type DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { AppError, reasonKey } from '#core/errors.ts';
import type { ConversationsApi } from '#features/conversations/feature.ts';
import type { CorrectionsInWords } from '#features/corrections/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import { actorOf } from './desk-words.ts';
import type { Desk } from './links.repo.ts';
import type { DeskContent, DeskMessagesRepo } from './messages.repo.ts';

interface Deps {
  messages: Pick<DeskMessagesRepo, 'find'>;
  conversations: ConversationsApi;
  corrections: Pick<CorrectionsInWords, 'tell'>;
  i18n: I18n;
}

const PRESS = new RegExp(`^${DESK_DATA}send_correction:([^:]+)$`);

/** The button under a correction: the customer gets it, once. Gives what is shown; null: it is no such button. */
export function createCorrectionPresses({ messages, conversations, corrections, i18n }: Deps) {
  return async (event: DeskEvent, desks: Desk[]): Promise<{ words: string; alert?: boolean } | null> => {
    const id = PRESS.exec(event.press?.data ?? '')?.[1];
    if (id === undefined) return null;
    const linkIds = desks.map((desk) => desk.id);
    const told = isId(id) ? await messages.find(linkIds, id) : null;
    const desk = desks.find((one) => one.id === told?.linkId);
    const t = i18n.getFixedT(desk?.language ?? desks[0]?.language ?? 'uz');
    const { corrected } = (told?.content ?? {}) as DeskContent;
    if (!desk || !told?.conversationId || !corrected) return { words: t('desk.press.over') };
    try {
      const { botId, id: conversationId } = await conversations.conversations.findInTenant(desk.tenantId, told.conversationId);
      await corrections.tell(actorOf(desk), { botId, conversationId, messageId: corrected.messageId }, corrected.words);
      return { words: t('desk.press.correction_sent') };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { words: t(reasonKey(error)), alert: true };
    }
  };
}

export type CorrectionPresses = ReturnType<typeof createCorrectionPresses>;
