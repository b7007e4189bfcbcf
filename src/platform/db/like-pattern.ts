/** The pattern of ILIKE for texts that contain `text`; empty for an empty search. */
export const containing = (text: string): string => (text === '' ? '' : `%${text.replace(/[\\%_]/g, '\\$&')}%`);
