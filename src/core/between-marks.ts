/** Text as data in a prompt: it cannot close the marks around it, nor an attribute's quotes. */
export const betweenMarks = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›').replaceAll('"', '”');
