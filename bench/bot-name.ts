/** A bot's name, which its prompt begins with: by it the AI can be made to hang for one bot alone. */
export const nameOf = (index: number): string => `Bakery number ${index};`;
