export interface KnowledgeText {
  id: string;
  title: string;
  content: string;
  /** What customers might ask about it (see features/knowledge/enrichment). */
  questions?: readonly string[];
}

/** A stamp changes with every change of its entry. */
export interface EntryStamp {
  id: string;
  stamp: string;
}

export type EntryState = EntryStamp & {
  /** Of its texts, roughly. */
  bytes: number;
  /** It is not answered from after this moment. */
  endsAt?: Date | null;
};

/** Where the search reads a bot's entries. */
export interface KnowledgeSource {
  /** Of the entries that may be answered from at this moment. */
  states(tenantId: string, botId: string, now: Date): Promise<EntryState[]>;
  texts(tenantId: string, botId: string, ids: string[]): Promise<(KnowledgeText & EntryStamp)[]>;
  /** Each text cut to so many characters. */
  beginnings(tenantId: string, botId: string, limits: { chars: number; most: number; now: Date }): Promise<KnowledgeText[]>;
}

/** A list in memory, for evaluations and tests. */
export function knowledgeInMemory(
  load: (tenantId: string, botId: string) => readonly KnowledgeText[] | Promise<readonly KnowledgeText[]>,
): KnowledgeSource {
  const stamped = async (tenantId: string, botId: string) =>
    (await load(tenantId, botId)).map((entry) => ({ ...entry, stamp: JSON.stringify(entry) }));
  return {
    states: async (tenantId, botId) =>
      (await stamped(tenantId, botId)).map(({ id, stamp }) => ({ id, stamp, bytes: stamp.length })),
    texts: async (tenantId, botId, ids) => (await stamped(tenantId, botId)).filter(({ id }) => ids.includes(id)),
    beginnings: async (tenantId, botId, { chars, most }) =>
      (await load(tenantId, botId)).slice(0, most).map((entry) => ({ ...entry, content: entry.content.slice(0, chars) })),
  };
}
