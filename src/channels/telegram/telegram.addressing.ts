import type { Message, MessageEntity } from 'grammy/types';
import { textOfRich } from './telegram.rich.ts';

export interface TelegramBot {
  id: number;
  username: string;
}

// In a group with several bots a bare command may be meant for any of them; these are ours.
const OUR_COMMANDS = new Set(['start', 'help', 'language', 'human', 'stop', 'forget']);
const COMMAND = /^\/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]+))?$/;

/** In lower case without the bot's name; null when the command is another bot's. */
export function commandOf(message: Message, bot: TelegramBot): string | null {
  const named = namedCommand(message);
  if (!named || (named.botName && !isOurName(named.botName, bot))) return null;
  return named.name;
}

export function isAddressed(message: Message, bot: TelegramBot): boolean {
  if (isReplyToUs(message, bot)) return true;
  const named = namedCommand(message);
  if (named) return named.botName ? isOurName(named.botName, bot) : OUR_COMMANDS.has(named.name);
  return entitiesOf(message).some((part) => isOurMention(part, bot));
}

/** Every message of a topic replies to the service message that made it, which is nobody's words. */
const isReplyToUs = ({ reply_to_message: replied }: Message, bot: TelegramBot): boolean =>
  replied?.from?.id === bot.id && !replied.forum_topic_created;

/** The words without the bot's own name, so that they read as in a private chat. */
export function wordsWithoutOurName(message: Message, bot: TelegramBot): string {
  return entitiesOf(message)
    .filter((part) => isOurMention(part, bot))
    .map(({ entity }) => entity)
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((words, { offset, length }) => joined(words.slice(0, offset), words.slice(offset + length)), textIn(message));
}

function joined(before: string, after: string): string {
  if (before.trim() === '') return after.replace(/^[\s,:;.!–—-]+/u, '');
  if (/^\s*(?:[,.!?;:…)]|$)/u.test(after)) return before.replace(/[\s,:;–—-]+$/u, '') + after.trimStart();
  const [head, tail] = [before.replace(/[ \t]+$/, ''), after.replace(/^[ \t]+/, '')];
  if (head.endsWith('\n')) return head + tail.replace(/^\n/, '');
  return tail.startsWith('\n') ? head + tail : `${head} ${tail}`;
}

const isOurName = (name: string, bot: TelegramBot): boolean => name.toLowerCase() === bot.username.toLowerCase();

const isOurMention = ({ entity, text }: Mentioned, bot: TelegramBot): boolean =>
  entity.type === 'text_mention' ? entity.user.id === bot.id : entity.type === 'mention' && isOurName(text.slice(1), bot);

function namedCommand(message: Message): { name: string; botName: string | undefined } | null {
  const first = entitiesOf(message).find(({ entity }) => entity.type === 'bot_command' && entity.offset === 0);
  const match = message.caption === undefined && first && COMMAND.exec(first.text);
  return match ? { name: (match[1] as string).toLowerCase(), botName: match[2] } : null;
}

interface Mentioned {
  entity: MessageEntity;
  text: string;
}

const textIn = ({ rich_message: rich, text, caption }: Message): string => (rich ? textOfRich(rich) : (text ?? caption ?? ''));

/** Offsets are UTF-16 units, as in JavaScript. Source: https://core.telegram.org/bots/api#messageentity (seen 2026-08). */
function entitiesOf(message: Message): Mentioned[] {
  const text = textIn(message);
  const entities = message.rich_message ? entitiesIn(text) : (message.entities ?? message.caption_entities ?? []);
  return entities.map((entity) => ({ entity, text: text.slice(entity.offset, entity.offset + entity.length) }));
}

/** A rich message has no list of them: names and a command stand in its words. */
const entitiesIn = (text: string): MessageEntity[] =>
  [...text.matchAll(/(?<!\w)@\w{2,32}|^\/\w{1,32}(?:@\w{2,32})?(?=\s|$)/g)].map(({ 0: found, index }) => ({
    type: found.startsWith('@') ? 'mention' : 'bot_command',
    offset: index,
    length: found.length,
  }));
