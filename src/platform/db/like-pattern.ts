/** Empty for an empty search. */
export const containing = (text: string): string => (text === '' ? '' : `%${text.replace(/[\\%_]/g, '\\$&')}%`);
