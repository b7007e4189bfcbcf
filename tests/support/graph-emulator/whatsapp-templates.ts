// Templates as Meta lists them and takes them. Source: META message-templates, template-messages (2026-11).
import type { GraphAccount, TemplateSpec } from './accounts.ts';
import { type GraphReply, graphError, ok } from './errors.ts';

type Body = Record<string, unknown>;
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (inner as Body | undefined)?.[name], value);
const variablesOf = (text = ''): string[] => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, key]) => key as string))];
const wrong = (code: 132000 | 132012): GraphReply => graphError({ code });

export const listTemplates = ({ templates }: GraphAccount): GraphReply =>
  ok({
    data: templates.map(({ name, language, status, body, header, buttons }) => ({
      name,
      language,
      status,
      category: 'MARKETING',
      components: [
        ...(header ? [{ type: 'HEADER', ...header }] : []),
        { type: 'BODY', text: body },
        ...(buttons ? [{ type: 'BUTTONS', buttons }] : []),
      ],
    })),
  });

/** The values of a component by the names or numbers they stand for. */
function valuesOf(keys: string[], parameters: Body[]): Map<string, string> | GraphReply {
  if (parameters.length !== keys.length) return wrong(132000);
  const named = keys.some((key) => !/^\d+$/.test(key));
  const values = new Map<string, string>();
  for (const [place, { type, text, parameter_name: name }] of parameters.entries()) {
    const key = named ? String(name) : String(place + 1);
    if (type !== 'text' || typeof text !== 'string' || text === '' || !keys.includes(key) || (!named && name !== undefined))
      return wrong(132012);
    if (/[\n\t]| {5}/.test(text))
      return graphError({ code: 100, message: '(#100) Param text cannot have new-line/tab characters' });
    values.set(key, text);
  }
  return values;
}

/** The text with its values, or Meta's refusal. */
export function filled(known: TemplateSpec, given: Body[]): { text: string; parameters: string[]; parts: string[] } | GraphReply {
  const parametersOf = (component: Body | undefined): Body[] => (component?.['parameters'] as Body[] | undefined) ?? [];
  const of = (type: string): Body[] => given.filter((component) => component['type'] === type);
  if (given.some(({ type }) => !['header', 'body', 'button'].includes(String(type)))) return wrong(132012);
  const body = valuesOf(variablesOf(known.body), parametersOf(of('body')[0]));
  if (!(body instanceof Map)) return body;
  const header = headerOf(known, parametersOf(of('header')[0]));
  if (!Array.isArray(header)) return header;
  const open = (known.buttons ?? []).flatMap(({ type, url }, index) =>
    type === 'COPY_CODE' || (type === 'URL' && variablesOf(url).length > 0) ? [{ type, index: String(index) }] : [],
  );
  const buttons = of('button');
  if (buttons.length !== open.length) return wrong(132000);
  const pressed = open.map(({ type, index }) => {
    const button = buttons.find((one) => one['index'] === index && one['sub_type'] === type.toLowerCase());
    const [parameter] = parametersOf(button);
    return type === 'COPY_CODE' ? at(parameter, 'coupon_code') : at(parameter, 'text');
  });
  if (pressed.some((value) => typeof value !== 'string' || value === '')) return wrong(132012);
  const text = known.body.replace(/\{\{(\w+)\}\}/g, (_all, key: string) => body.get(key) ?? '');
  return { text, parameters: [...body.values()], parts: [...header, ...(pressed as string[])] };
}

function headerOf({ header }: TemplateSpec, parameters: Body[]): string[] | GraphReply {
  if (!header || header.format === 'TEXT') {
    const values = valuesOf(variablesOf(header?.text), parameters);
    return values instanceof Map ? [...values.values()] : values;
  }
  const type = header.format.toLowerCase();
  const link = at(parameters[0], type, 'link') ?? at(parameters[0], type, 'id');
  if (parameters.length !== 1 || parameters[0]?.['type'] !== type) return wrong(132012);
  return typeof link === 'string' && link !== '' ? [link] : wrong(132012);
}
