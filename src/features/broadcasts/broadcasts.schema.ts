import { z } from 'zod';
import { CHANNEL_KINDS } from '#channels/channels.ts';
import { LANGUAGES } from '#core/languages.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText } from '#web/form.ts';

// With the link and the line how to opt out this is still one message of Telegram and WhatsApp (4,096).
export const MAX_TEXT_CHARS = 3_000;
export const MAX_LABEL_CHARS = 40;
export const MAX_URL_CHARS = 500;
/** The audience by when somebody was last heard of. */
export const ACTIVE_DAYS = [1, 7, 30, 90] as const;

const optional = cleanText.default('').transform((text) => text || null);

// Source: META message-templates (names of small letters, digits and underscores, up to 512; languages such as uz or en_US;
// no line breaks, tabs or more than four spaces in a parameter; 2026-11).
const TEMPLATE_NAME = /^[a-z0-9_]{1,512}$/;
const TEMPLATE_LANGUAGE = /^[a-z]{2,3}(?:_[A-Z]{2,4})?$/;
const MAX_PARAMETERS = 10;
const MAX_PARAMETER_CHARS = 500;
const isParameter = (text: string): boolean => text.length <= MAX_PARAMETER_CHARS && !/\t| {5}/.test(text);

const httpUrl = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname.includes('.') && !url.username;
};

const fields = {
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
  /** Local in the business's time zone, or with an offset of its own. */
  scheduledAt: optional,
  /** What takePhoto made of the file. */
  photoId: optional.refine((id) => id === null || isId(id), 'broadcasts.form.photo.gone'),
  templateName: optional.refine((name) => name === null || TEMPLATE_NAME.test(name), 'broadcasts.form.template_name.invalid'),
  templateLanguage: optional.refine(
    (code) => code === null || TEMPLATE_LANGUAGE.test(code),
    'broadcasts.form.template_language.invalid',
  ),
  /** One a line, in the order of {{1}}, {{2}} … */
  templateParameters: cleanText
    .default('')
    .transform((text) => (text === '' ? [] : text.split('\n').map((line) => line.trim())))
    .refine(
      (lines) => lines.length <= MAX_PARAMETERS && lines.every((line) => line !== '' && isParameter(line)),
      'broadcasts.form.template_parameters.invalid',
    ),
  /** Of the form's page: sent twice, it makes one broadcast. */
  draft: z.string().refine(isId).optional(),
  /** The test's recipient; of no meaning to the broadcast itself. */
  testTo: optional,
};

/** POST /bots/:id/broadcasts, …/preview, …/test and …/:broadcastId/edit. */
export const broadcastForm = z.strictObject(fields).superRefine((form, issues) => {
  const { buttonLabel, buttonUrl, templateName, templateLanguage, templateParameters } = form;
  const missing = (field: string, message: string) => issues.addIssue({ code: 'custom', path: [field], message });
  if (buttonUrl !== null && buttonLabel === null) missing('buttonLabel', 'broadcasts.form.button_label.required');
  if (buttonLabel !== null && buttonUrl === null) missing('buttonUrl', 'broadcasts.form.button_url.required');
  if (templateName !== null && templateLanguage === null)
    missing('templateLanguage', 'broadcasts.form.template_language.invalid');
  if (templateName === null && (templateLanguage !== null || templateParameters.length > 0)) {
    missing('templateName', 'broadcasts.form.template_name.invalid');
  }
});
export type BroadcastForm = z.output<typeof broadcastForm>;

/** The buttons of a broadcast's page. */
export const actForm = z.strictObject({});
