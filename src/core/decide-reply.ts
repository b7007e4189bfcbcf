import { isComplaint } from './complaint.ts';
import type { ReplyLanguage } from './languages.ts';
import type { Attachment } from './message.ts';
import { isFile, isReadable, type UnreadFile, unreadFile } from './readable-file.ts';
import { commandOf, isData, type TurnMessage, withLatestWordings } from './turn.ts';
import { wantsPerson } from './wants-person.ts';

/** The texts are in locales/<language>/bot.json. */
export type FixedSentence =
  | 'start'
  | 'help'
  | 'language_ask'
  | 'language_set'
  | 'human'
  | 'complaint'
  | 'stopped'
  | 'forget_ask'
  | 'forget_private'
  | 'forgotten'
  | 'sticker'
  | 'contact'
  | 'location'
  | 'order'
  | 'form'
  | 'unread_file'
  | 'unsupported'
  | 'too_large'
  | 'too_long'
  | 'media_failed'
  | 'button_gone'
  | 'late';

export type Decision =
  /** `forget`: all that is kept of the customer is erased once this is sent. */
  | {
      act: 'fixed';
      sentence: FixedSentence;
      chosenLanguage?: ReplyLanguage;
      needsPerson?: true;
      unread?: true;
      said?: string;
      forget?: true;
    }
  | { act: 'greet'; text: string }
  /**
   * `unread`: files that nobody opens. `choice`: the entry whose button was pressed; `text` is then the button's. `shared`: it is of
   * what was shared without words.
   */
  | { act: 'ask'; text: string; media: Attachment[]; unread?: UnreadFile[]; choice?: string; shared?: true };

// Gemini's inline data and Telegram's downloads both have a limit of 20 MB.
export const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
// S72: a recording of an hour costs as much as a hundred answers.
export const MAX_RECORDING_SECONDS = 180;
// As many as an album holds.
const MAX_MEDIA = 10;
const MAX_QUESTION_CHARS = 8_000;

export function decideReply({
  turn,
  greeting,
  isGroup = false,
}: {
  turn: readonly TurnMessage[];
  greeting: string | null;
  isGroup?: boolean;
}): Decision {
  const [first] = turn;
  const command = first && commandOf(first);
  const choice = first?.attachment?.choice;
  if (first && choice !== undefined) return { act: 'ask', text: first.text.trim(), media: [], choice };
  if (first && isData(first)) return { act: 'fixed', sentence: first.kind as FixedSentence, needsPerson: true };
  return command ? onCommand(command, greeting, isGroup) : onMessages(withLatestWordings(turn));
}

type GivenCommand = NonNullable<ReturnType<typeof commandOf>>;

/** A group's messages are not one person's. */
function onForget(argument: string, isGroup: boolean): Decision {
  if (isGroup) return { act: 'fixed', sentence: 'forget_private' };
  return CONFIRMED.test(argument)
    ? { act: 'fixed', sentence: 'forgotten', forget: true }
    : { act: 'fixed', sentence: 'forget_ask' };
}

/** Yes, in the languages of the first market. */
const CONFIRMED = /^["'“«]?(?:yes|ha|xa|da|да|ҳа|ха)["'”».!]?$/iu;

function onCommand({ command, argument }: GivenCommand, greeting: string | null, isGroup: boolean): Decision {
  switch (command) {
    case 'start':
      return greeting?.trim() ? { act: 'greet', text: greeting.trim() } : { act: 'fixed', sentence: 'start' };
    case 'help':
      return { act: 'fixed', sentence: 'help' };
    case 'stop':
      return { act: 'fixed', sentence: 'stopped' };
    case 'forget':
      return onForget(argument, isGroup);
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

/** Of another bot or mistyped. With further words it is read as a question. */
const UNKNOWN_COMMAND = /^\/\w+(?:@\w+)?$/;

function onMessages(messages: TurnMessage[]): Decision {
  if (messages.every(({ kind, text }) => kind === 'command' && UNKNOWN_COMMAND.test(text.trim()))) {
    return { act: 'fixed', sentence: 'help' };
  }
  const written = messages.map((message) => message.text.trim()).filter(Boolean);
  const text = written.join('\n').slice(0, MAX_QUESTION_CHARS).toWellFormed();
  const attached = messages.filter(isFile).map(({ attachment }) => attachment as Attachment);
  const files = messages.filter(isReadable).map(({ attachment }) => attachment as Attachment);
  const short = files.filter(({ seconds = 0 }) => seconds <= MAX_RECORDING_SECONDS);
  const media = short.filter(({ sizeBytes = 0 }) => sizeBytes <= MAX_MEDIA_BYTES).slice(0, MAX_MEDIA);
  const handover = handoverOf(text);
  // A picture beside "call the operator" may be what it is about; a complaint needs nobody to look at it first.
  if (handover && (media.length === 0 || handover === 'complaint'))
    return { act: 'fixed', sentence: handover, needsPerson: true, said: text };
  const unread = attached.filter((file) => !media.includes(file)).map(unreadFile);
  if (text || media.length > 0) return { act: 'ask', text, media, ...(unread.length > 0 && { unread }) };
  const shared = messages
    .flatMap(({ kind, refersTo }) => (kind === 'share' ? (refersTo?.text.trim() ?? '') : ''))
    .filter(Boolean);
  if (shared.length > 0) return { act: 'ask', text: shared.join('\n'), media: [], shared: true };
  if (files.length > 0) return { act: 'fixed', sentence: short.length > 0 ? 'too_large' : 'too_long' };
  // Only people can look at it.
  if (messages.some(isForPeople)) return { act: 'fixed', sentence: 'unread_file', unread: true };
  return { act: 'fixed', sentence: wordlessSentence(messages.at(-1)) };
}

/** What is said to a customer who is handed over for these words. Null: nobody is asked for. */
export function handoverOf(text: string): 'human' | 'complaint' | null {
  if (isComplaint(text)) return 'complaint';
  return wantsPerson(text) ? 'human' : null;
}

const isForPeople = ({ kind, attachment }: TurnMessage): boolean =>
  (kind === 'video' || kind === 'document') && attachment?.fileId !== undefined;

function wordlessSentence(message: TurnMessage | undefined): FixedSentence {
  switch (message?.kind) {
    case 'sticker':
      return 'sticker';
    default:
      return 'unsupported';
  }
}

// What people write after /language, in lower case without apostrophes.
const LANGUAGE_NAMES: Record<ReplyLanguage, RegExp> = {
  en: /^(en|eng|english|ingliz(cha)?|англ\w*|инглиз(ча)?)$/u,
  ru: /^(ru|rus|russian|rus(cha)?|ру|рус\S*|рус(ча)?)$/u,
  uz: /^(uz|uzb|uzbek(cha)?|ozbek(cha)?|lotin(cha)?)$/u,
  'uz-Cyrl': /^(ўз|ўзб|ўзбек\S*|уз|узб\S*|uz-cyrl|kirill(cha)?|кирилл\S*)$/u,
};

export function languageNamed(word: string): ReplyLanguage | null {
  const folded = word
    .toLowerCase()
    .replace(/[ʻʼ'’‘`]/g, '')
    .trim();
  const found = Object.entries(LANGUAGE_NAMES).find(([, names]) => names.test(folded));
  return (found?.[0] as ReplyLanguage | undefined) ?? null;
}
