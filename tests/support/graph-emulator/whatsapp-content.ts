// What a message to a WhatsApp customer may hold. Source: META messages/text-messages, image-messages,
// interactive-cta-url-messages, template-messages (2026-11).
import type { GraphAccount, SentText } from './accounts.ts';
import { type GraphReply, graphError } from './errors.ts';
import { categoryOf, OPUS } from './whatsapp-media.ts';
import { filled } from './whatsapp-templates.ts';

export type Content = Pick<SentText, 'text' | 'photo' | 'file' | 'button' | 'template' | 'choices' | 'shape'>;
type Body = Record<string, unknown>;

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_LABEL = 20;
const invalid = (message: string): GraphReply => graphError({ code: 100, message: `(#100) ${message}` });
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Body | undefined)?.[name], value);

export const isReply = (found: Content | GraphReply): found is GraphReply => 'status' in found;

export function contentOf(account: GraphAccount, body: Body): Content | GraphReply {
  switch (body['type']) {
    case 'text':
      return plain(at(body, 'text', 'body'));
    case 'image':
      return image(account, at(body, 'image', 'id'), at(body, 'image', 'caption'));
    case 'audio':
      return audio(account, body['audio']);
    case 'document':
      return document(account, body['document']);
    case 'interactive':
      return interactive(account, body['interactive']);
    case 'template':
      return template(account, body['template']);
    default:
      return invalid('Param type must be one of {TEXT, IMAGE, AUDIO, DOCUMENT, INTERACTIVE, TEMPLATE}');
  }
}

function plain(text: unknown): Content | GraphReply {
  if (typeof text !== 'string' || text.trim() === '') return invalid("The parameter text['body'] is required.");
  return text.length > MAX_TEXT ? invalid("Param text['body'] must be at most 4096 characters long.") : { text };
}

function image(account: GraphAccount, id: unknown, caption: unknown = ''): Content | GraphReply {
  if (!isOf(account, id, 'image')) return graphError({ code: 131009 });
  if (typeof caption !== 'string' || caption.length > MAX_CAPTION) return invalid('Param image[caption] is too long');
  return { text: caption, photo: id };
}

const isOf = (account: GraphAccount, id: unknown, category: string): id is string =>
  typeof id === 'string' && categoryOf(account.media.get(id)?.mimeType ?? '') === category;

/** No caption. Source: META messages/audio-messages (2026-11). */
function audio(account: GraphAccount, given: unknown): Content | GraphReply {
  const id = at(given, 'id');
  if (!isOf(account, id, 'audio')) return graphError({ code: 131009 });
  if (at(given, 'caption') !== undefined) return invalid('Unexpected key "caption" on param "audio".');
  const voice = at(given, 'voice') === true;
  if (voice && account.media.get(id)?.mimeType !== OPUS) return graphError({ code: 131053 });
  return { text: '', file: { kind: voice ? 'voice' : 'audio', id } };
}

function document(account: GraphAccount, given: unknown): Content | GraphReply {
  const [id, caption = '', name] = [at(given, 'id'), at(given, 'caption'), at(given, 'filename')];
  if (!isOf(account, id, 'document')) return graphError({ code: 131009 });
  if (typeof caption !== 'string' || caption.length > MAX_CAPTION) return invalid('Param document[caption] is too long');
  return { text: caption, file: { kind: 'document', id, name: String(name) } };
}

function interactive(account: GraphAccount, given: unknown): Content | GraphReply {
  const shape = at(given, 'type');
  return shape === 'button' || shape === 'list' ? choices(given, shape) : ctaUrl(account, given);
}

/** Source: META interactive-reply-buttons-messages, interactive-list-messages (2026-11). Titles and ids may not repeat. */
function choices(given: unknown, shape: 'button' | 'list'): Content | GraphReply {
  const text = at(given, 'body', 'text');
  if (typeof text !== 'string' || text === '' || text.length > MAX_CAPTION) return invalid('Param interactive[body][text]');
  const open = at(given, 'action', 'button');
  if (shape === 'list' && (typeof open !== 'string' || open === '' || open.length > MAX_LABEL))
    return invalid('Param interactive[action][button]');
  const found =
    shape === 'button'
      ? ((at(given, 'action', 'buttons') ?? []) as Body[]).map(({ reply }) => reply)
      : ((at(given, 'action', 'sections') ?? []) as Body[]).flatMap(({ rows }) => rows as Body[]);
  const items = found as NonNullable<Content['choices']>;
  const [most, maxTitle] = shape === 'button' ? [3, MAX_LABEL] : [10, 24];
  if (items.length < 1 || items.length > most) return graphError({ code: 131009 });
  if (items.some(({ id, title }) => !id || id.length > 200 || !title?.trim() || title.length > maxTitle))
    return graphError({ code: 131009 });
  if (items.some(({ description = '-' }) => !description || description.length > 72)) return graphError({ code: 131009 });
  const alike = [items.map(({ id }) => id), items.map(({ title }) => title)].some((all) => new Set(all).size < all.length);
  return alike ? graphError({ code: 131009, message: '(#131009) Duplicated title' }) : { text, choices: items, shape };
}

function ctaUrl(account: GraphAccount, interactive: unknown): Content | GraphReply {
  const [text, label, url] = [
    at(interactive, 'body', 'text'),
    at(interactive, 'action', 'parameters', 'display_text'),
    at(interactive, 'action', 'parameters', 'url'),
  ];
  if (at(interactive, 'type') !== 'cta_url' || at(interactive, 'action', 'name') !== 'cta_url')
    return invalid('Param interactive');
  if (typeof text !== 'string' || text === '' || text.length > MAX_CAPTION) return invalid('Param interactive[body][text]');
  if (typeof label !== 'string' || label === '' || label.length > MAX_LABEL) return invalid('Param display_text');
  if (typeof url !== 'string' || !/^https?:/.test(url)) return invalid('Param url');
  const header = at(interactive, 'header', 'image', 'id');
  const shown = header === undefined ? {} : image(account, header);
  return isReply(shown as Content) ? (shown as GraphReply) : { ...shown, text, button: { label, url } };
}

function template(account: GraphAccount, given: unknown): Content | GraphReply {
  const [name, language] = [at(given, 'name'), at(given, 'language', 'code')];
  const known = account.templates.find((one) => one.name === name && one.language === language);
  if (!known || known.status === 'PENDING') return graphError({ code: 132001, status: 404 });
  if (known.status === 'PAUSED') return graphError({ code: 132015 });
  if (known.status === 'DISABLED') return graphError({ code: 132016 });
  const found = filled(known, (at(given, 'components') ?? []) as Body[]);
  if ('status' in found) return found;
  const { text, parameters, parts } = found;
  if (text.length > MAX_CAPTION) return graphError({ code: 132005 });
  return { text, template: { name: known.name, language: known.language, parameters, ...(parts.length > 0 && { parts }) } };
}
