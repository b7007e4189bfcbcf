// What a message to a WhatsApp customer may hold. Source: META messages/text-messages, image-messages,
// interactive-cta-url-messages, template-messages (2026-11).
import type { GraphAccount, SentText } from './accounts.ts';
import { type GraphReply, graphError } from './errors.ts';

export type Content = Pick<SentText, 'text' | 'photo' | 'button' | 'template'>;
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
    case 'interactive':
      return ctaUrl(account, body['interactive']);
    case 'template':
      return template(account, body['template']);
    default:
      return invalid('Param type must be one of {TEXT, IMAGE, INTERACTIVE, TEMPLATE}');
  }
}

function plain(text: unknown): Content | GraphReply {
  if (typeof text !== 'string' || text.trim() === '') return invalid("The parameter text['body'] is required.");
  return text.length > MAX_TEXT ? invalid("Param text['body'] must be at most 4096 characters long.") : { text };
}

function image(account: GraphAccount, id: unknown, caption: unknown = ''): Content | GraphReply {
  if (typeof id !== 'string' || !account.media.has(id)) return graphError({ code: 131009 });
  if (typeof caption !== 'string' || caption.length > MAX_CAPTION) return invalid('Param image[caption] is too long');
  return { text: caption, photo: id };
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
  const components = (at(given, 'components') ?? []) as Body[];
  if (components.some(({ type }) => type !== 'body')) return graphError({ code: 132012 });
  const values = components.flatMap(({ parameters }) => (parameters as Body[]) ?? []);
  const wanted = new Set(known.body.match(/\{\{\d+\}\}/g)).size;
  if (values.length !== wanted) return graphError({ code: 132000 });
  const parameters = values.map(({ text }) => String(text));
  if (values.some(({ type, text }) => type !== 'text' || typeof text !== 'string')) return graphError({ code: 132012 });
  if (parameters.some((text) => /[\n\t]| {5}/.test(text))) return invalid('Param text cannot have new-line/tab characters');
  const text = known.body.replace(/\{\{(\d+)\}\}/g, (_all, number: string) => parameters[Number(number) - 1] ?? '');
  if (text.length > MAX_CAPTION) return graphError({ code: 132005 });
  return { text, template: { name: known.name, language: known.language, parameters } };
}
