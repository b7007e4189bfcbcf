import type { Channels } from '#channels/channel.ts';
import { channelName } from '#channels/channels.ts';
import { DESK_BOT_ID, type DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { fileTypeNames } from '#core/file-type-names.ts';
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
    return { why, params: { channel: channelName(head.platform), types: fileTypeNames(types), megabytes } };
  };

export type DeskFileRefusals = ReturnType<typeof createDeskFileRefusals>;
