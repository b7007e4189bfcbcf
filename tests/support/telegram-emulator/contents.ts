import type { BotState } from './bot-state.ts';
import type { CustomerMessage } from './customers.ts';

/** What a message holds, as the Bot API writes it. */
export function contentOf(bot: BotState, message: CustomerMessage): object {
  const { text, caption, photo, voice, audio, document, video, sticker, contact, location, venue } = message;
  return {
    ...(text !== undefined && { text, ...entitiesOf(text) }),
    ...(caption !== undefined && { caption, ...captionEntitiesOf(caption) }),
    ...(photo && {
      photo: [
        {
          file_id: storeFile(bot, photo, 'jpg', 'photo'),
          file_unique_id: 'u',
          width: 800,
          height: 600,
          file_size: sizeOf(photo),
        },
      ],
    }),
    ...(voice && {
      voice: {
        file_id: storeFile(bot, voice, 'oga', 'voice'),
        file_unique_id: 'u',
        duration: 3,
        mime_type: 'audio/ogg',
        file_size: sizeOf(voice),
      },
    }),
    ...(audio && {
      audio: {
        file_id: storeFile(bot, audio, 'mp3', 'audio'),
        file_unique_id: 'u',
        duration: 3,
        mime_type: audio.mimeType,
        file_size: sizeOf(audio),
      },
    }),
    ...(document && {
      document: {
        file_id: storeFile(bot, document, document.fileName.split('.').at(-1) ?? '', 'document'),
        file_unique_id: 'u',
        file_name: document.fileName,
        ...(document.mimeType && { mime_type: document.mimeType }),
        file_size: sizeOf(document),
      },
    }),
    ...(video && {
      video: {
        file_id: storeFile(bot, video, 'mp4', 'video'),
        file_unique_id: 'u',
        duration: 3,
        width: 9,
        height: 9,
        mime_type: 'video/mp4',
        ...(video.fileName && { file_name: video.fileName }),
      },
    }),
    ...(sticker && {
      sticker: {
        file_id: 's',
        file_unique_id: 's',
        type: 'regular',
        width: 1,
        height: 1,
        is_animated: false,
        is_video: false,
        ...sticker,
      },
    }),
    ...(contact && { contact: { phone_number: contact.phone, first_name: contact.firstName } }),
    ...(location && { location }),
    ...(venue && { venue, location: venue.location }),
  };
}

function captionEntitiesOf(caption: string): object {
  const { entities } = entitiesOf(caption) as { entities?: object[] };
  return entities ? { caption_entities: entities } : {};
}

function entitiesOf(text: string): object {
  const command = /^\/\w+(@\w+)?/.exec(text);
  const entities = [
    ...(command ? [{ type: 'bot_command', offset: 0, length: command[0].length }] : []),
    ...[...text.matchAll(/(?<!\w|\/\w*)@\w+/g)].map((m) => ({ type: 'mention', offset: m.index, length: m[0].length })),
  ];
  return entities.length > 0 ? { entities } : {};
}

export interface SentFile {
  fileId: string;
  bytes?: Buffer;
  sizeBytes?: number;
}

const sizeOf = (file: SentFile): number => file.sizeBytes ?? file.bytes?.length ?? 0;

const FOLDERS: Record<string, string> = {
  voice: 'voice',
  photo: 'photos',
  audio: 'music',
  document: 'documents',
  video: 'videos',
};

/** The path ends as the file was called, which may be anything. */
function storeFile(bot: BotState, { fileId, bytes }: SentFile, extension: string, kind: string): string {
  const path = `${FOLDERS[kind]}/file_${bot.files.size + 1}.${extension}`;
  if (bytes) bot.files.set(fileId, { path, bytes, mimeType: 'application/octet-stream', kind });
  return fileId;
}
