import type { Attachment, MessageKind, ReplyMode } from './message.ts';
import { sizeOf, type TextLimit } from './split-text.ts';
import { messageParts, type TextForm, wordsOf } from './words/message-parts.ts';
import type { Style } from './words/styled-text.ts';

export const REPLY_FILE_KINDS = ['photo', 'voice', 'audio', 'document'] as const satisfies MessageKind[];
export type ReplyFileKind = (typeof REPLY_FILE_KINDS)[number];

/** What a channel takes of one kind. */
export interface FileRule {
  /** Null: every type. */
  types: readonly string[] | null;
  maxBytes: number;
  /** Null: words go in a message of their own. */
  caption: TextLimit | null;
}

export type FileRules = Readonly<Partial<Record<ReplyFileKind, FileRule>>>;

/** Who has a file that came by the browser, in place of a bot. */
export const OWN_STORE = 'ours';

/** A file that a person chose in the browser. */
export interface ChosenReplyFile {
  kind: ReplyFileKind;
  name: string;
  type: string;
  content: Buffer;
  seconds?: number;
}

/** A file that a person sends a customer. What was sent from Telegram stays there until it goes on. */
export interface ReplyFile {
  kind: ReplyFileKind;
  /** `heldBy`: whose bot has it, or OWN_STORE. */
  attachment: Attachment & { fileId: string; heldBy: string };
}

export interface ReplyPart {
  text: string;
  /** Of the AI's words, where the channel has styles. */
  styles?: readonly Style[];
  file: ReplyFile | null;
}

// Source: core.telegram.org/bots/api#getfile (20 MB; 2026-11).
export const MAX_FETCHED_BYTES = 20 * 1024 * 1024;

export const isReplyFileKind = (kind: string): kind is ReplyFileKind => (REPLY_FILE_KINDS as readonly string[]).includes(kind);

export function replyFileOf({
  kind,
  attachment,
}: {
  kind: string;
  attachment?: Attachment | null | undefined;
}): ReplyFile | null {
  const { fileId, heldBy } = attachment ?? {};
  return isReplyFileKind(kind) && fileId && heldBy ? { kind, attachment: { ...attachment, fileId, heldBy } } : null;
}

/** The messages of a reply, in the channel's form. Words that are no caption follow the file. */
export function replyParts(
  { text, mode, file }: { text: string; mode: ReplyMode; file: ReplyFile | null },
  { textLimit, textForm, files }: { textLimit: TextLimit; textForm: TextForm; files?: FileRules },
): ReplyPart[] {
  const words = (): ReplyPart[] =>
    messageParts(wordsOf(text, mode), { form: textForm, limit: textLimit }).map((part) => ({ ...part, file: null }));
  if (!file) return words();
  const caption = files?.[file.kind]?.caption;
  if (caption && sizeOf(text, caption) <= caption.max) return [{ text, file }];
  return [{ text: '', file }, ...words()];
}

export interface FileRefusal {
  why: 'kind' | 'type' | 'large' | 'address';
  /** The types or the size that may be sent. */
  types?: readonly string[];
  megabytes?: number;
}

interface Way {
  rules: FileRules | undefined;
  /** The customer writes to the bot that has the file. */
  sameAccount: boolean;
  /** The channel fetches files from us. */
  needsAddress: boolean;
  hasAddress: boolean;
}

/** By what Telegram declares, before anything is fetched. Null: it may go. */
export function fileRefusal(kind: string, attachment: Attachment, way: Way): FileRefusal | null {
  const rule = isReplyFileKind(kind) ? way.rules?.[kind] : undefined;
  if (!rule) return { why: 'kind' };
  if (way.sameAccount) return null;
  if (way.needsAddress && !way.hasAddress) return { why: 'address' };
  const { mimeType = '', sizeBytes = 0 } = attachment;
  if (rule.types && !rule.types.includes(plainType(mimeType))) return { why: 'type', types: rule.types };
  const most = mostBytes(rule);
  return sizeBytes > most ? { why: 'large', megabytes: Math.floor(most / (1024 * 1024)) } : null;
}

export const mostBytes = ({ maxBytes }: FileRule): number => Math.min(maxBytes, MAX_FETCHED_BYTES);

const SAME_TYPES: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/m4a': 'audio/mp4',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-wav': 'audio/wav',
  'application/x-pdf': 'application/pdf',
};

/** One name for each type, without parameters. */
export function plainType(type: string): string {
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return SAME_TYPES[plain] ?? plain;
}
