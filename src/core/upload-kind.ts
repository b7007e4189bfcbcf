import { type FileRefusal, type FileRules, mostBytes, type ReplyFileKind } from './reply-file.ts';

const TYPES_BY_ENDING: Record<string, string> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
  txt: 'text/plain',
  m4a: 'audio/mp4',
};

/** What a file says it is by the ending of its name; '' where that says nothing. */
export const typeByEnding = (name: string): string =>
  TYPES_BY_ENDING[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? '';

export interface ChosenFile {
  /** By its bytes. */
  type: string;
  size: number;
  /** Spoken into the page. */
  isVoice: boolean;
}

/** As what a channel takes a file. A photo that is too large for one may go as a document. */
export function uploadKind(
  { type, size, isVoice }: ChosenFile,
  rules: FileRules = {},
): { ok: true; kind: ReplyFileKind } | (FileRefusal & { ok: false }) {
  const fitting = kindsFor(type, isVoice).filter((kind) => {
    const types = rules[kind] && (rules[kind].types ?? 'all');
    return types === 'all' || types?.includes(type);
  });
  const kind = fitting.find((one) => size <= mostBytesOf(rules, one));
  if (kind) return { ok: true, kind };
  const most = Math.max(0, ...fitting.map((one) => mostBytesOf(rules, one)));
  if (most > 0) return { ok: false, why: 'large', megabytes: Math.floor(most / (1024 * 1024)) };
  return { ok: false, why: 'type', types: [...new Set(Object.values(rules).flatMap(({ types }) => types ?? []))] };
}

const mostBytesOf = (rules: FileRules, kind: ReplyFileKind): number => (rules[kind] ? mostBytes(rules[kind]) : 0);

function kindsFor(type: string, isVoice: boolean): ReplyFileKind[] {
  if (type.startsWith('image/')) return ['photo', 'document'];
  if (!type.startsWith('audio/')) return ['document'];
  return isVoice ? ['voice', 'audio', 'document'] : ['audio', 'voice', 'document'];
}
