/** S76: a name or text in a mail that no mail program turns into a link: a space stands after the dots and schemes of addresses. */
export const unlinked = (text: string): string =>
  text
    .replace(/(:)(?=\/\/|\\\\)/g, '$1 ')
    .replace(/([.。．｡])(?=\p{L})/gu, '$1 ')
    .replace(/(?<=\p{L}[.。．｡])(?=\p{N})/gu, ' ');
