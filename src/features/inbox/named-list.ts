/** `known`: another one has the name. `full`: there are as many as there may be. */
export type ListChange = 'done' | 'known' | 'full' | 'gone';

/** What labels and saved replies have in common. */
export interface NamedList<Row, Fields> {
  /** How many a business may have. */
  most: number;
  list: (tenantId: string) => Promise<Row[]>;
  find: (tenantId: string, id: string) => Promise<Row | null>;
  create: (tenantId: string, fields: Fields) => Promise<ListChange>;
  change: (tenantId: string, id: string, fields: Fields) => Promise<ListChange>;
  remove: (tenantId: string, id: string) => Promise<boolean>;
}
