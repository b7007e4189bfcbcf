import type { ReplyLanguage } from './languages.ts';
import type { Attachment } from './message.ts';
import { commandOf, type TurnMessage, withLatestWordings } from './turn.ts';

/** Sentences of the bot itself; worded in locales/<language>/bot.json. */
export type FixedSentence =
  | 'start'
  | 'help'
  | 'language_ask'
  | 'language_set'
  | 'human'
  | 'stopped'
  | 'sticker'
  | 'contact'
  | 'location'
  | 'unsupported'
  | 'too_large'
  | 'media_failed';

/** What a turn is answered with. */
export type Decision =
  | { act: 'fixed'; sentence: FixedSentence; chosenLanguage?: ReplyLanguage; needsPerson?: true }
  /** In the bot's owner's words. */
  | { act: 'greet'; text: string }
  | { act: 'ask'; text: string; media: Attachment[] };

// Gemini's inline data and Telegram's downloads both end at 20 MB.
export const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
const MAX_MEDIA = 5;
// Of all messages of a turn together: a flood of them is no book.
const MAX_QUESTION_CHARS = 8_000;

/** Decides how a turn is answered: by a sentence of ours, the owner's greeting, or the answerer. */
export function decideReply({ turn, greeting }: { turn: readonly TurnMessage[]; greeting: string | null }): Decision {
  const [first] = turn;
  const command = first && commandOf(first);
  return command ? onCommand(command, greeting) : onMessages(withLatestWordings(turn));
}

function onCommand({ command, argument }: NonNullable<ReturnType<typeof commandOf>>, greeting: string | null): Decision {
  switch (command) {
    case 'start':
      return greeting?.trim() ? { act: 'greet', text: greeting.trim() } : { act: 'fixed', sentence: 'start' };
    case 'help':
      return { act: 'fixed', sentence: 'help' };
    case 'stop':
      return { act: 'fixed', sentence: 'stopped' };
    case 'human':
      return { act: 'fixed', sentence: 'human', needsPerson: true };
    case 'language': {
      const chosenLanguage = languageNamed(argument);
      return chosenLanguage
        ? { act: 'fixed', sentence: 'language_set', chosenLanguage }
        : { act: 'fixed', sentence: 'language_ask' };
    }
  }
}

function onMessages(messages: TurnMessage[]): Decision {
  const written = messages.map((message) => message.text.trim()).filter(Boolean);
  const text = written.join('\n').slice(0, MAX_QUESTION_CHARS).toWellFormed();
  const files = messages.filter(isReadable).map(({ attachment }) => attachment as Attachment);
  const media = files.filter(({ sizeBytes = 0 }) => sizeBytes <= MAX_MEDIA_BYTES).slice(0, MAX_MEDIA);
  if (text || media.length > 0) return { act: 'ask', text, media };
  return { act: 'fixed', sentence: files.length > 0 ? 'too_large' : wordlessSentence(messages.at(-1)) };
}

/** Photos, voice notes, and documents that are pictures or sound. */
function isReadable({ kind, attachment }: TurnMessage): boolean {
  if (!attachment?.fileId) return false;
  return (
    ['photo', 'voice', 'audio'].includes(kind) || (kind === 'document' && /^(image|audio)\//.test(attachment.mimeType ?? ''))
  );
}

function wordlessSentence(message: TurnMessage | undefined): FixedSentence {
  switch (message?.kind) {
    case 'sticker':
    case 'contact':
    case 'location':
      return message.kind;
    default:
      return 'unsupported';
  }
}

// What people write after /language, folded to lower case without apostrophes.
const LANGUAGE_NAMES: Record<ReplyLanguage, RegExp> = {
  en: /^(en|eng|english|ingliz(cha)?|англ\w*|инглиз(ча)?)$/u,
  ru: /^(ru|rus|russian|rus(cha)?|ру|рус\S*|рус(ча)?)$/u,
  uz: /^(uz|uzb|uzbek(cha)?|ozbek(cha)?|lotin(cha)?)$/u,
  'uz-Cyrl': /^(ўз|ўзб|ўзбек\S*|уз|узб\S*|uz-cyrl|kirill(cha)?|кирилл\S*)$/u,
};

/** The language a customer names by code or word, in any of them; null when it is none of ours. */
export function languageNamed(word: string): ReplyLanguage | null {
  const folded = word
    .toLowerCase()
    .replace(/[ʻʼ'’‘`]/g, '')
    .trim();
  const found = Object.entries(LANGUAGE_NAMES).find(([, names]) => names.test(folded));
  return (found?.[0] as ReplyLanguage | undefined) ?? null;
}
