import type { MessageKind } from '#core/message.ts';
import { commandOf } from '#core/turn.ts';

/** Meta does not mark the bot's commands, so they are found in the text. */
export function typedText(text: string): { kind: MessageKind; text: string; command?: string } {
  const found = commandOf({ kind: 'command', text });
  return found ? { kind: 'command', text: text.trim(), command: found.command } : { kind: 'text', text };
}
