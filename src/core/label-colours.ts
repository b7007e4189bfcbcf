/** Tokens of the style sheet that a label may have. */
export const LABEL_COLOURS = ['accent', 'link', 'warn', 'bad', 'quiet'] as const;
export type LabelColour = (typeof LABEL_COLOURS)[number];
