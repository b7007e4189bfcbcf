import { sizeOf, splitText, type TextLimit } from './split-text.ts';

/** A link under the message. */
export interface LinkButton {
  label: string;
  url: string;
}

/** A message that Meta has approved, for WhatsApp customers whose last message is more than a day old. */
export interface MessageTemplate {
  name: string;
  /** As Meta writes it: `uz`, `ru`, `en_US`. */
  language: string;
  /** What stands for {{1}}, {{2}} … */
  parameters: string[];
}

/** What one message of a channel holds beside plain text; null: nothing of the kind. */
export interface PartRules {
  text: TextLimit;
  /** The words a photo carries. */
  caption: TextLimit | null;
  /** The words above a button, and the longest label, in UTF-16 units. */
  button: { text: TextLimit; maxLabel: number } | null;
}

/** One message of those that a broadcast comes to on a channel. */
export interface BroadcastPart {
  /** '' for a photo without words. */
  text: string;
  photo: boolean;
  button: LinkButton | null;
}

/**
 * What a customer gets on a channel, message by message: the photo with the words under it where they fit, else before them;
 * the link as a button where it and the words fit, else written out; at the end how to opt out. The same for sending and for
 * the preview.
 */
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
