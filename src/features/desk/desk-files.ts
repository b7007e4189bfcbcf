import type { Channels } from '#channels/channel.ts';
import { channelName } from '#channels/channels.ts';
import { DESK_BOT_ID, type DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { fileRefusal } from '#core/reply-file.ts';
import type { ConversationHead } from '#features/conversations/feature.ts';
import type { Desk } from './links.repo.ts';

/** Why a file cannot go to this customer, told before anything is stored. */
export const createDeskFileRefusals =
  ({ channels, hasAddress }: { channels: Channels; hasAddress: boolean }) =>
  ({ connectionId }: Desk, { kind, attachment }: DeskEvent, head: ConversationHead) => {
    const channel = channels[head.platform];
    const refusal = fileRefusal(kind, attachment ?? {}, {
      rules: channel?.files,
      sameAccount: head.connectionId === (connectionId ?? DESK_BOT_ID),
      needsAddress: channel?.fetchesPhotos === true,
      hasAddress,
    });
    if (!refusal) return null;
    const { why, types = [], megabytes = 0 } = refusal;
    return { why, params: { channel: channelName(head.platform), types: namesOf(types), megabytes } };
  };

export type DeskFileRefusals = ReturnType<typeof createDeskFileRefusals>;

const NAMES: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'audio/ogg': 'OGG',
  'audio/mpeg': 'MP3',
  'audio/mp4': 'M4A',
  'audio/aac': 'AAC',
  'audio/amr': 'AMR',
  'audio/wav': 'WAV',
  'application/pdf': 'PDF',
  'text/plain': 'TXT',
  'application/msword': 'Word',
  'application/vnd.ms-excel': 'Excel',
  'application/vnd.ms-powerpoint': 'PowerPoint',
};

/** The types that people know by a name. */
const namesOf = (types: readonly string[]): string => types.flatMap((type) => NAMES[type] ?? []).join(', ');
