import type { Channels, Credentials, OutgoingFile, PeerFailure } from '#channels/channel.ts';
import { fileTypeOf } from '#core/file-kind.ts';
import type { ChannelKind } from '#core/message.ts';
import { type FileRule, mostBytes, OWN_STORE, plainType, type ReplyFile } from '#core/reply-file.ts';
import type { ByteBudget } from '#platform/byte-budget.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { foreign } from '#platform/own-time.ts';
import { readSentFile } from './sent-files.repo.ts';

interface Holder {
  id: string;
  tenantId: string;
  platform: ChannelKind;
  sealedSecrets: string;
}

export interface ReplyFilesDeps {
  sql: Sql;
  channels: Channels;
  openCredentials: (holder: Holder) => Credentials;
  /** The installation's desk bot, which has files of its own. */
  deskBot: { id: string; platform: ChannelKind; credentials: Credentials } | null;
  /** S69 (memory): files that are held at once. */
  budget: ByteBudget;
  /** Where a platform may fetch the file of a message; null without a public address. */
  addressOf: (messageId: number, type: string) => string | null;
}

export type Fetched = { ok: true; content: Buffer; type: string; free: () => void } | PeerFailure;

/** What is sent, and what to do when it was. */
export type Prepared = { ok: true; file: OutgoingFile; free: () => void } | PeerFailure;

interface To {
  tenantId: string;
  messageId: number;
  connection: { id: string; platform: ChannelKind };
}

const REFUSED: PeerFailure = { ok: false, reason: 'file_refused' };
const GONE: PeerFailure = { ok: false, reason: 'file_gone' };

const findHolder = report<{ tenantId: string; connectionId: string }, Holder>(import.meta.url, './statements/file-holder.sql');

/** Files that a person sends, from the bot that has them or from our own store. Their type is that of their bytes. */
export function createReplyFiles({ sql, channels, openCredentials, deskBot, budget, addressOf }: ReplyFilesDeps) {
  async function holderOf(
    tenantId: string,
    heldBy: string,
  ): Promise<(Pick<Holder, 'platform'> & { credentials: Credentials }) | null> {
    if (deskBot?.id === heldBy) return deskBot;
    const [holder] = isId(heldBy) ? await findHolder(sql, { tenantId, connectionId: heldBy }) : [];
    return holder ? { platform: holder.platform, credentials: openCredentials(holder) } : null;
  }

  async function fetchOwn(tenantId: string, { attachment }: ReplyFile, rule: FileRule): Promise<Fetched> {
    const { free } = await budget.take(tenantId, attachment.sizeBytes ?? mostBytes(rule));
    const found = await readSentFile(sql, tenantId, attachment.fileId).catch((error) => {
      free();
      throw error;
    });
    const fits = found && found.content.length <= mostBytes(rule) && (!rule.types || rule.types.includes(found.type));
    if (fits) return { ok: true, ...found, free };
    free();
    return found ? REFUSED : GONE;
  }

  async function fetchFile(tenantId: string, file: ReplyFile, rule: FileRule): Promise<Fetched> {
    const { attachment } = file;
    if (attachment.heldBy === OWN_STORE) return fetchOwn(tenantId, file, rule);
    const holder = await holderOf(tenantId, attachment.heldBy);
    const channel = holder && channels[holder.platform];
    if (!holder || !channel) return GONE;
    const most = mostBytes(rule);
    const reservation = await budget.take(tenantId, Math.min(attachment.sizeBytes ?? most, most));
    const { result } = await foreign(() => channel.fetchMedia(holder.credentials, attachment.fileId, most)).catch((error) => {
      reservation.free();
      throw error;
    });
    const content = result.ok ? Buffer.from(result.media.base64, 'base64') : null;
    const type = content && fileTypeOf(content, plainType(attachment.mimeType ?? ''));
    if (content && type && (!rule.types || rule.types.includes(type))) {
      reservation.shrinkTo(content.length);
      return { ok: true, content, type, free: reservation.free };
    }
    reservation.free();
    return result.ok ? REFUSED : passing(result);
  }

  return {
    fetch: fetchFile,

    /** By the platform's own id, by an address, or by its bytes. */
    async prepare({ tenantId, messageId, connection }: To, file: ReplyFile): Promise<Prepared> {
      const channel = channels[connection.platform];
      const rule = channel?.files?.[file.kind];
      if (!channel?.sendFile || !rule) return REFUSED;
      const { attachment, kind } = file;
      const declared = plainType(attachment.mimeType ?? '');
      const name = attachment.fileName ?? `${kind}.${extensionOf(declared)}`;
      const asked = { kind, name, type: declared };
      const nothing = () => {};
      if (attachment.heldBy === connection.id)
        return { ok: true, file: { ...asked, from: { handle: attachment.fileId } }, free: nothing };
      if (channel.fetchesPhotos) {
        const publicUrl = addressOf(messageId, declared);
        return publicUrl ? { ok: true, file: { ...asked, from: { publicUrl } }, free: nothing } : REFUSED;
      }
      const fetched = await fetchFile(tenantId, file, rule);
      if (!fetched.ok) return fetched;
      const { content, type, free } = fetched;
      return { ok: true, file: { ...asked, type, from: { content } }, free };
    },
  };
}

export type ReplyFiles = ReturnType<typeof createReplyFiles>;

/** The failures are those of the bot that has the file, so they say nothing of the customer's connection. */
const passing = ({ reason }: PeerFailure): PeerFailure =>
  reason === 'unreachable' || reason === 'rate_limited' ? { ok: false, reason: 'unreachable' } : GONE;

const EXTENSIONS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/wav': 'wav',
  'application/pdf': 'pdf',
};

export const extensionOf = (type: string): string => EXTENSIONS[type] ?? 'bin';
