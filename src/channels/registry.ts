import type { ChannelKind } from '#core/message.ts';
import type { ChannelAdapter } from './channel.ts';
import { telegramAdapter } from './telegram/telegram.adapter.ts';

export type Channels = Record<ChannelKind, ChannelAdapter | undefined>;

/** The channels there are: one line each. A channel that is undefined cannot be connected yet. */
export function createChannels({ telegramApiRoot }: { telegramApiRoot: string }): Channels {
  return {
    telegram: telegramAdapter({ apiRoot: telegramApiRoot }),
    instagram: undefined,
    whatsapp: undefined,
  };
}
