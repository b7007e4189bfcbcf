/** The prompt begins with the name, so that the AI can hang for one bot only. */
export const nameOf = (index: number): string => `Bakery number ${index};`;
