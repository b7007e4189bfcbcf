import type { Message, MessageEntity } from 'grammy/types';

/** Who we are in Telegram. */
export interface TelegramBot {
  id: number;
  username: string;
}

// In a group with several bots a bare command may be anyone's; these are the ones we answer.
const OUR_COMMANDS = new Set(['start', 'help', 'language', 'human', 'stop']);
const COMMAND = /^\/([A-Za-z0-9_]+)(?:@([A-Za-z0-9_]+))?$/;

/** The command a message begins with, lower case and without our name; null when there is none, or it is another bot's. */
export function commandOf(message: Message, bot: TelegramBot): string | null {
  const named = namedCommand(message);
  if (!named || (named.botName && !isOurName(named.botName, bot))) return null;
  return named.name;
}

/** In a group: whether the message is meant for this bot. */
export function isAddressed(message: Message, bot: TelegramBot): boolean {
  if (message.reply_to_message?.from?.id === bot.id) return true;
  const named = namedCommand(message);
  if (named) return named.botName ? isOurName(named.botName, bot) : OUR_COMMANDS.has(named.name);
  return entitiesOf(message).some(({ entity, text }) =>
    entity.type === 'text_mention' ? entity.user.id === bot.id : entity.type === 'mention' && isOurName(text.slice(1), bot),
  );
}

const isOurName = (name: string, bot: TelegramBot): boolean => name.toLowerCase() === bot.username.toLowerCase();

function namedCommand(message: Message): { name: string; botName: string | undefined } | null {
  const first = message.entities?.find(({ type, offset }) => type === 'bot_command' && offset === 0);
  const match = first && COMMAND.exec(message.text?.slice(0, first.length) ?? '');
  return match ? { name: (match[1] as string).toLowerCase(), botName: match[2] } : null;
}

/** Offsets are UTF-16 units, as JavaScript counts. Source: https://core.telegram.org/bots/api#messageentity (seen 2026-08). */
function entitiesOf(message: Message): { entity: MessageEntity; text: string }[] {
  const text = message.text ?? message.caption ?? '';
  const entities = message.entities ?? message.caption_entities ?? [];
  return entities.map((entity) => ({ entity, text: text.slice(entity.offset, entity.offset + entity.length) }));
}
