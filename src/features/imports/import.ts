import type { Place } from '#core/importing/draft.ts';
import type { Note } from '#core/importing/note.ts';
import type { ReadFailure } from '#core/importing/read-failures.ts';
import type { Language } from '#core/languages.ts';

export interface Import {
  id: string;
  state: 'reading' | 'ready' | 'cancelled';
  weekly: boolean;
  createdAt: Date;
}

export interface Source {
  id: string;
  kind: string;
  name: string;
  state: 'waiting' | 'reading' | 'read' | 'failed';
  reason: ReadFailure | null;
}

export interface DraftRow {
  id: string;
  title: string;
  content: string;
  place: Place;
  notes: Note[];
  /** Of the entry that it changes. */
  entryId: string | null;
  source: { kind: string; name: string };
}

export interface NewSource {
  kind: 'text' | 'file' | 'site';
  name: string;
  content: Buffer;
}

export interface ClaimedSource {
  id: string;
  tenantId: string;
  importId: string;
  botId: string;
  language: Language;
  kind: string;
  name: string;
  /** Goes up with every claim, so that a process that lost its claim changes nothing. */
  tries: number;
}

export interface ReadDraft {
  title: string;
  content: string;
  place: Place;
  notes: Note[];
  entryId?: string;
}

export type ReadResult = { ok: true; drafts: ReadDraft[]; links?: string[] } | { ok: false; reason: ReadFailure };
