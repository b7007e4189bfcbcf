import { type Choices, PERSON_CHOICE } from '#core/choices.ts';
import type { FixedSentence } from '#core/decide-reply.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { FileWord, UnreadFile } from '#core/readable-file.ts';
import type { NewReply, Turn } from './turn.ts';

type TurnSentence = FixedSentence | 'call_person' | 'unknown' | 'file_unread' | `file_word.${FileWord}`;

export interface FixedReplyDeps {
  sentence: (language: ReplyLanguage, key: TurnSentence, params: Record<string, string>) => string;
}

export interface ComposedReply {
  reply: NewReply;
  chargedMonth: string | null;
}

/** Replies, and parts of replies, in sentences of ours. */
export function createFixedReplies({ sentence }: FixedReplyDeps) {
  const fixed = (text: string, choices?: Choices): ComposedReply => ({
    reply: { text, mode: 'fixed', reason: null, sources: [], ...(choices && { choices }) },
    chargedMonth: null,
  });

  const callPerson = (turn: Turn, language: ReplyLanguage): Choices => ({
    items: [{ id: PERSON_CHOICE, label: sentence(language, 'call_person', { bot: turn.bot.name }) }],
  });

  return {
    fixed,
    callPerson,

    say: (turn: Turn, language: ReplyLanguage, key: FixedSentence): ComposedReply =>
      fixed(
        sentence(language, key, { bot: turn.bot.name }),
        key === 'start' || key === 'help' ? callPerson(turn, language) : undefined,
      ),

    unknown: (turn: Turn, language: ReplyLanguage): ComposedReply => ({
      reply: {
        text: sentence(language, 'unknown', { bot: turn.bot.name }),
        mode: 'fallback',
        reason: 'no_knowledge',
        sources: [],
      },
      chargedMonth: null,
    }),

    apologized: <T extends { text: string }>(turn: Turn, reply: T, language: ReplyLanguage): T => ({
      ...reply,
      text: `${sentence(language, 'late', { bot: turn.bot.name })}\n\n${reply.text}`,
    }),

    /** Says which files nobody could read, each name once. */
    withUnread<T extends { text: string }>(reply: T, files: UnreadFile[], language: ReplyLanguage): T {
      if (files.length === 0) return reply;
      const names = files.map((file) => ('name' in file ? `«${file.name}»` : sentence(language, `file_word.${file.word}`, {})));
      const said = sentence(language, 'file_unread', { files: [...new Set(names)].join(', ') });
      return { ...reply, text: `${reply.text}\n\n${said}` };
    },
  };
}
