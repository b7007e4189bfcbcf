/** The fields of the form: `blank.<entry>.<number>` for a value, `drop.<entry>` for an entry the business does not need. */
export const blankField = (entryId: string, at: number): string => `blank.${entryId}.${at}`;
export const dropField = (entryId: string): string => `drop.${entryId}`;

const ID = '[0-9a-f-]{36}';
const VALUE = new RegExp(`^blank\\.${ID}\\.\\d{1,2}$`);
const DROP = new RegExp(`^drop\\.${ID}$`);
export const isValueOf = (name: string): boolean => VALUE.test(name);
export const isDropOf = (name: string): boolean => DROP.test(name);
