/** One value that a template of WhatsApp asks for. `key`: the number or name in the text, or the place of the button. */
export type TemplateField = {
  part: 'header' | 'body' | 'button';
  type: 'text' | 'image' | 'video' | 'document' | 'url' | 'code';
  key: string;
};

export type TemplateValue = TemplateField & { value: string };

/** A message approved by Meta, for WhatsApp customers whose last message is more than a day old. */
export interface MessageTemplate {
  name: string;
  language: string;
  /** The texts of the body, in order. */
  parameters: string[];
  /** Absent where a person typed the template's name and its `parameters` are all it asks for. */
  values?: TemplateValue[];
}

/** What an account has approved: the text and the values it asks for. */
export interface TemplateForm {
  name: string;
  language: string;
  category: string;
  text: string;
  fields: TemplateField[];
}

export const MAX_TEMPLATE_FIELDS = 16;
const DESCRIBED = /^(header|body|button):(text|image|video|document|url|code):([a-z0-9_]{1,60})$/;

export const describeField = ({ part, type, key }: TemplateField): string => `${part}:${type}:${key}`;

export function fieldOf(described: string): TemplateField | null {
  const [, part, type, key = ''] = DESCRIBED.exec(described) ?? [];
  return part ? { part: part as TemplateField['part'], type: type as TemplateField['type'], key } : null;
}

export const isMedia = ({ type }: Pick<TemplateField, 'type'>): boolean => ['image', 'video', 'document'].includes(type);
