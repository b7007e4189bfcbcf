import { sizeOf, splitText, type TextLimit } from './split-text.ts';

export interface LinkButton {
  label: string;
  url: string;
}

/** What one message of a channel can hold. Null means that the channel has no such part. */
export interface PartRules {
  text: TextLimit;
  caption: TextLimit | null;
  /** In UTF-16 units. */
  button: { text: TextLimit; maxLabel: number } | null;
}

export interface BroadcastPart {
  text: string;
  photo: boolean;
  button: LinkButton | null;
}

/** The messages of one customer, the same for sending and preview. A long text follows the photo instead of being its caption. */
export function broadcastParts(
  { text, button, photo, optOut }: { text: string; button: LinkButton | null; photo: boolean; optOut: string },
  rules: PartRules,
): BroadcastPart[] {
  const own = [text, optOut].join('\n\n');
  const hasButton = button !== null && fitsButton(own, button, rules);
  const words = button && !hasButton ? [text, `${button.label}: ${button.url}`, optOut].join('\n\n') : own;
  const last = { button: hasButton ? button : null };
  if (photo && rules.caption && sizeOf(words, rules.caption) <= rules.caption.max) {
    return [{ text: words, photo: true, ...last }];
  }
  const texts = splitText(words, rules.text);
  return [
    ...(photo ? [{ text: '', photo: true, button: null }] : []),
    ...texts.map((part, at) => ({ text: part, photo: false, button: at === texts.length - 1 ? last.button : null })),
  ];
}

const fitsButton = (text: string, { label }: LinkButton, { button }: PartRules): boolean =>
  button !== null && label.length <= button.maxLabel && sizeOf(text, button.text) <= button.text.max;
