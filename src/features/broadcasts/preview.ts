import type { ChannelAdapter } from '#channels/channel.ts';
import { type BroadcastPart, broadcastParts } from '#core/broadcast-parts.ts';
import type { ChannelKind } from '#core/message.ts';
import { MAX_TEXT_CHARS } from './broadcasts.schema.ts';
import { partRulesOf } from './send-broadcast.ts';

/** How one channel will show a broadcast, message by message. */
export interface Preview {
  channel: ChannelKind;
  parts: BroadcastPart[];
}

/** What is typed so far; whatever is no text counts as empty. */
export type Typed = Record<string, unknown>;

/** Previews by the very rules that the sending goes by. */
export function createPreviews({
  channels,
  optOutLine,
}: {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  optOutLine: (language: string) => string;
}) {
  return function previews(typed: Typed, of: readonly ChannelKind[], words: { language: string; sample: string }): Preview[] {
    const field = (name: string): string => (typeof typed[name] === 'string' ? typed[name].trim() : '');
    const [label, url] = [field('buttonLabel'), field('buttonUrl')];
    const whole = {
      text: field('text').replaceAll('\r\n', '\n').slice(0, MAX_TEXT_CHARS) || words.sample,
      button: label !== '' && url !== '' ? { label, url } : null,
      photo: field('photoId') !== '',
      optOut: optOutLine(words.language),
    };
    return of.flatMap((channel) => {
      const adapter = channels[channel];
      return adapter ? [{ channel, parts: broadcastParts(whole, partRulesOf(adapter)) }] : [];
    });
  };
}

export type Previews = ReturnType<typeof createPreviews>;
