import { type Choices, cutLabel, distinctLabels } from '#core/choices.ts';
import type { JsonObject } from '../meta/json.ts';

// Source: META messages/interactive-reply-buttons-messages (3 buttons, titles of 20 characters, each another, body 1,024) and
// messages/interactive-list-messages (10 rows, titles of 24, descriptions of 72, the button 20; 2026-11).
const MAX_BODY = 1_024;
const MAX_BUTTONS = 3;
const MAX_BUTTON = 20;
const MAX_ROWS = 10;
const MAX_ROW = 24;
const MAX_DESCRIPTION = 72;

/** Reply buttons, or a list when a label is too long for a button. Null: the text stands better alone. */
export function interactiveOf(body: string, choices: Choices): JsonObject | null {
  const { items, lead, open = '' } = choices;
  const labels = items.map(({ label }) => label);
  const asButtons = items.length <= MAX_BUTTONS && distinctLabels(items, MAX_BUTTON).every((label, at) => label === labels[at]);
  const text = asButtons ? (lead ?? body) : body;
  if (text.length > MAX_BODY || items.length > MAX_ROWS || (!asButtons && !open)) return null;
  return { type: asButtons ? 'button' : 'list', body: { text }, action: asButtons ? buttonsOf(choices) : listOf(choices, open) };
}

const buttonsOf = ({ items }: Choices): JsonObject => ({
  buttons: items.map(({ id, label }) => ({ type: 'reply', reply: { id, title: label } })),
});

function listOf({ items }: Choices, open: string): JsonObject {
  const titles = distinctLabels(items, MAX_ROW);
  const rows = items.map(({ id, label }, at) => ({
    id,
    title: titles[at],
    ...(titles[at] !== label && { description: cutLabel(label, MAX_DESCRIPTION) }),
  }));
  return { button: cutLabel(open, MAX_BUTTON), sections: [{ rows }] };
}
