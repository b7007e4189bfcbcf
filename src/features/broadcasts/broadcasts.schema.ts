import { z } from 'zod';
import { CHANNEL_KINDS } from '#channels/channels.ts';
import { LANGUAGES } from '#core/languages.ts';
import { fieldOf, isMedia, MAX_TEMPLATE_FIELDS, type TemplateValue } from '#core/message-template.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText } from '#web/form.ts';

// With the link and the opt-out line this is still one message on Telegram and WhatsApp (4,096).
export const MAX_TEXT_CHARS = 3_000;
export const MAX_LABEL_CHARS = 40;
export const MAX_URL_CHARS = 500;
export const ACTIVE_DAYS = [1, 7, 30, 90] as const;

const optional = cleanText.default('').transform((text) => text || null);

// Source: META message-templates (names: small letters, digits, underscores, up to 512; languages like uz or en_US; no line
// breaks, tabs or more than four spaces in a parameter; 2026-11).
const TEMPLATE_NAME = /^[a-z0-9_]{1,512}$/;
const TEMPLATE_LANGUAGE = /^[a-z]{2,3}(?:_[A-Z]{2,4})?$/;
const MAX_PARAMETERS = 10;
const MAX_PARAMETER_CHARS = 500;
const isParameter = (text: string): boolean => text.length <= MAX_PARAMETER_CHARS && !/\t| {5}/.test(text);

const httpUrl = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname.includes('.') && !url.username;
};

const NUMBERS = Array.from({ length: MAX_TEMPLATE_FIELDS }, (_, at) => at + 1);

/** The fields of a template that was chosen from the account's list: what each is for, and its value. */
const templateFields = Object.fromEntries(
  NUMBERS.flatMap((number) => [
    [`templateField${number}`, optional.refine((described) => described === null || fieldOf(described) !== null)],
    [
      `templateValue${number}`,
      optional.refine((text) => text === null || isParameter(text), 'broadcasts.form.template_value.invalid'),
    ],
  ]),
);

/** The values of a form, before or after its check. */
export const templateValuesIn = (form: object): (TemplateValue & { number: number })[] =>
  NUMBERS.flatMap((number) => {
    const told = form as Record<string, unknown>;
    const field = fieldOf(String(told[`templateField${number}`] ?? ''));
    return field ? [{ ...field, number, value: String(told[`templateValue${number}`] ?? '').trim() }] : [];
  });

const fields = {
  ...(templateFields as object),
  /** What is chosen in the list; its fields are shown by a button. */
  template: optional,
  text: cleanText.min(1, 'broadcasts.form.text.required').max(MAX_TEXT_CHARS, 'broadcasts.form.text.too_long'),
  buttonLabel: optional.refine((text) => (text?.length ?? 0) <= MAX_LABEL_CHARS, 'broadcasts.form.button_label.too_long'),
  buttonUrl: optional
    .refine((text) => (text?.length ?? 0) <= MAX_URL_CHARS, 'broadcasts.form.button_url.invalid')
    .refine((text) => text === null || httpUrl(text), 'broadcasts.form.button_url.invalid'),
  channel: optional.pipe(z.enum(CHANNEL_KINDS).nullable()),
  language: optional.pipe(z.enum(LANGUAGES).nullable()),
  activeDays: optional.pipe(
    z
      .enum(ACTIVE_DAYS.map(String) as [string, ...string[]])
      .transform(Number)
      .nullable(),
  ),
  /** In the business's time zone, or with an offset. */
  scheduledAt: optional,
  photoId: optional.refine((id) => id === null || isId(id), 'broadcasts.form.photo.gone'),
  templateName: optional.refine((name) => name === null || TEMPLATE_NAME.test(name), 'broadcasts.form.template_name.invalid'),
  templateLanguage: optional.refine(
    (code) => code === null || TEMPLATE_LANGUAGE.test(code),
    'broadcasts.form.template_language.invalid',
  ),
  templateParameters: cleanText
    .default('')
    .transform((text) => (text === '' ? [] : text.split('\n').map((line) => line.trim())))
    .refine(
      (lines) => lines.length <= MAX_PARAMETERS && lines.every((line) => line !== '' && isParameter(line)),
      'broadcasts.form.template_parameters.invalid',
    ),
  /** Sending one draft twice creates one broadcast. */
  draft: z.string().refine(isId).optional(),
  testTo: optional,
};

export const broadcastForm = z.strictObject(fields).superRefine((form, issues) => {
  const { buttonLabel, buttonUrl, templateName, templateLanguage, templateParameters } = form;
  const missing = (field: string, message: string) => issues.addIssue({ code: 'custom', path: [field], message });
  for (const { number, value, ...field } of templateValuesIn(form)) {
    const isAddress = !isMedia(field) || (value.startsWith('https://') && httpUrl(value));
    if (value === '') missing(`templateValue${number}`, 'broadcasts.form.template_value.required');
    else if (!isAddress) missing(`templateValue${number}`, 'broadcasts.form.template_value.address');
  }
  if (form.template !== null && form.template !== `${templateName}|${templateLanguage}`)
    missing('template', 'broadcasts.form.template_choice.show_first');
  if (buttonUrl !== null && buttonLabel === null) missing('buttonLabel', 'broadcasts.form.button_label.required');
  if (buttonLabel !== null && buttonUrl === null) missing('buttonUrl', 'broadcasts.form.button_url.required');
  if (templateName !== null && templateLanguage === null)
    missing('templateLanguage', 'broadcasts.form.template_language.invalid');
  if (templateName === null && (templateLanguage !== null || templateParameters.length > 0)) {
    missing('templateName', 'broadcasts.form.template_name.invalid');
  }
});
export type BroadcastForm = z.output<typeof broadcastForm>;
