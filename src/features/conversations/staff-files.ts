import type { Channels } from '#channels/channel.ts';
import { channelName } from '#channels/channels.ts';
import { ValidationError } from '#core/errors.ts';
import { fileTypeOf } from '#core/file-kind.ts';
import { fileTypeNames } from '#core/file-type-names.ts';
import type { ChannelKind } from '#core/message.ts';
import type { ChosenReplyFile } from '#core/reply-file.ts';
import { typeByEnding, uploadKind } from '#core/upload-kind.ts';
import { isWebm, webmToOgg } from '#core/webm-to-ogg.ts';
import { REPLY_FILE, type Upload } from '#web/upload.ts';

const MB = 1024 * 1024;
const MAX_NAME_CHARS = 120;

export interface FileOffer {
  /** Of the file field; '' where every type may go. */
  accept: string;
  maxBytes: number;
  /** Of a recording. */
  sounds: string;
}

/** Photos, documents and voice messages that a person chooses in the browser. */
export function createStaffFiles({ channels, hasAddress }: { channels: Channels; hasAddress: boolean }) {
  const rulesOf = (platform: ChannelKind) => {
    const channel = channels[platform];
    return channel?.sendFile && (hasAddress || !channel.fetchesPhotos) ? channel.files : undefined;
  };

  return {
    /** Null: no file can go there. */
    offer(platform: ChannelKind): FileOffer | null {
      const rules = rulesOf(platform);
      if (!rules) return null;
      const all = Object.values(rules);
      const accept = all.some(({ types }) => types === null)
        ? ''
        : [...new Set(all.flatMap(({ types }) => types ?? []))].join(',');
      const sounds = [...new Set([...(rules.voice?.types ?? []), ...(rules.audio?.types ?? [])])].join(',');
      return { accept, maxBytes: REPLY_FILE.fileBytes, sounds };
    },

    /** By its bytes, in the channel's limits. @throws ValidationError in words */
    take(
      { name, tooLarge, ...upload }: Upload,
      { platform, isVoice }: { platform: ChannelKind; isVoice: boolean },
    ): ChosenReplyFile {
      const refuse = (why: string, params = {}) =>
        new ValidationError({ file: `conversations.file.${why}` }, { channel: channelName(platform), ...params });
      const rules = rulesOf(platform);
      if (!rules) throw refuse('address');
      if (tooLarge) throw refuse('large', { megabytes: REPLY_FILE.fileBytes / MB });
      if (upload.content.length === 0) throw refuse('empty');
      const sound = isVoice && isWebm(upload.content) ? webmToOgg(upload.content) : null;
      const { content, ...more } = sound ?? upload;
      const type = fileTypeOf(content, typeByEnding(name));
      if (!type) throw refuse('broken');
      const as = uploadKind({ type, size: content.length, isVoice }, rules);
      if (!as.ok) throw refuse(as.why, { types: fileTypeNames(as.types ?? []), megabytes: as.megabytes ?? 0 });
      return { kind: as.kind, name: sound ? 'voice.ogg' : nameOf(name), type, content, ...more };
    },
  };
}

export type StaffFiles = ReturnType<typeof createStaffFiles>;

/** As people called it, without a path and unprintable characters. */
const nameOf = (name: string): string =>
  (name.split(/[/\\]/).at(-1) ?? '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(-MAX_NAME_CHARS) || 'file';
