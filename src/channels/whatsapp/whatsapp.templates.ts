import {
  MAX_TEMPLATE_FIELDS,
  type MessageTemplate,
  type TemplateField,
  type TemplateForm,
  type TemplateValue,
} from '#core/message-template.ts';
import type { PeerFailure } from '../channel.ts';
import type { GraphClient } from '../meta/graph-client.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../meta/json.ts';

// Source: META message-templates, business-management-api/message-templates (2026-11).

const PAGE = '100';
const MAX_PAGES = 3;
const VARIABLE = /\{\{\s*([a-z0-9_]+)\s*\}\}/gi;

/** The approved templates of a business account. */
export async function approvedTemplates(
  graph: GraphClient,
  { token, businessId }: { token: string; businessId: string },
): Promise<{ ok: true; templates: TemplateForm[] } | PeerFailure> {
  const templates: TemplateForm[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const path = `${encodeURIComponent(businessId)}/message_templates`;
    const fields = 'name,language,status,category,components';
    const query = { fields, limit: PAGE, ...(after && { after }) };
    const answer = await graph.call({ method: 'GET', path, token, query });
    if (!answer.ok) return answer;
    const approved = objectsOf(answer.body['data']).filter(({ status }) => status === 'APPROVED');
    templates.push(...approved.flatMap((one) => formOf(one) ?? []));
    const paging = objectOf(answer.body['paging']);
    after = paging['next'] ? textOf(objectOf(paging['cursors'])['after']) : undefined;
    if (!after) break;
  }
  return { ok: true, templates: templates.toSorted((a, b) => a.name.localeCompare(b.name)) };
}

function formOf(template: JsonObject): TemplateForm | null {
  const [name, language] = [textOf(template['name']), textOf(template['language'])];
  const components = objectsOf(template['components']);
  const body = components.find(({ type }) => textOf(type)?.toUpperCase() === 'BODY');
  const fields = components.flatMap(fieldsOf);
  // Authentication templates hold codes, which no broadcast sends.
  if (!name || !language || fields.length > MAX_TEMPLATE_FIELDS || template['category'] === 'AUTHENTICATION') return null;
  return { name, language, category: textOf(template['category']) ?? '', text: textOf(body?.['text']) ?? '', fields };
}

function fieldsOf(component: JsonObject): TemplateField[] {
  const text = textOf(component['text']) ?? '';
  switch (textOf(component['type'])?.toUpperCase()) {
    case 'HEADER':
      return headerFields(textOf(component['format'])?.toLowerCase() ?? '', text);
    case 'BODY':
      return variablesIn(text).map((key) => ({ part: 'body', type: 'text', key }));
    case 'BUTTONS':
      return objectsOf(component['buttons']).flatMap(buttonField);
    default:
      return [];
  }
}

function headerFields(format: string, text: string): TemplateField[] {
  if (format === 'image' || format === 'video' || format === 'document') return [{ part: 'header', type: format, key: '0' }];
  return variablesIn(text).map((key) => ({ part: 'header', type: 'text', key }));
}

function buttonField(button: JsonObject, place: number): TemplateField[] {
  const type = textOf(button['type'])?.toUpperCase();
  if (type === 'COPY_CODE') return [{ part: 'button', type: 'code', key: String(place) }];
  const isOpen = type === 'URL' && variablesIn(textOf(button['url']) ?? '').length > 0;
  return isOpen ? [{ part: 'button', type: 'url', key: String(place) }] : [];
}

const variablesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(VARIABLE)].map(([, key]) => (key as string).toLowerCase())),
];

const isNumber = (key: string): boolean => /^\d+$/.test(key);

function parameterOf({ part, type, key, value }: TemplateValue): JsonObject {
  if (type === 'code') return { type: 'coupon_code', coupon_code: value };
  if (type === 'image' || type === 'video') return { type, [type]: { link: value } };
  if (type === 'document')
    return { type, document: { link: value, filename: value.split('/').at(-1)?.split('?')[0] || 'file.pdf' } };
  return { type: 'text', ...(part !== 'button' && !isNumber(key) && { parameter_name: key }), text: value };
}

/** Named values by their names, numbered ones in the order of their numbers. */
export function componentsOf({ parameters, values }: MessageTemplate): JsonObject[] {
  if (!values) {
    const body = parameters.map((text) => ({ type: 'text', text }));
    return body.length > 0 ? [{ type: 'body', parameters: body }] : [];
  }
  const ordered = values.toSorted((a, b) => (isNumber(a.key) && isNumber(b.key) ? Number(a.key) - Number(b.key) : 0));
  const of = (part: TemplateValue['part']): TemplateValue[] => ordered.filter((one) => one.part === part);
  const [header, body] = [of('header'), of('body')];
  return [
    ...(header.length > 0 ? [{ type: 'header', parameters: header.map(parameterOf) }] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body.map(parameterOf) }] : []),
    ...of('button').map((one) => ({
      type: 'button',
      sub_type: one.type === 'code' ? 'copy_code' : 'url',
      index: one.key,
      parameters: [parameterOf(one)],
    })),
  ];
}
