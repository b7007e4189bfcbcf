import type { ChannelDefinition } from './channel.ts';
import { instagram } from './instagram/instagram.channel.ts';
import { telegram } from './telegram/telegram.channel.ts';
import { whatsapp } from './whatsapp/whatsapp.channel.ts';

export const CHANNELS: readonly ChannelDefinition[] = [telegram, instagram, whatsapp];
