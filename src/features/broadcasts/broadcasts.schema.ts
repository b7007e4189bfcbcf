import { z } from 'zod';
import { LANGUAGES } from '#core/languages.ts';
import { CHANNEL_KINDS } from '#core/message.ts';
import { isId } from '#platform/crypto/ids.ts';

// With the link and the line how to opt out this is still one message of Telegram and WhatsApp (4,096).
export const MAX_TEXT_CHARS = 3_000;
export const MAX_LABEL_CHARS = 40;
export const MAX_URL_CHARS = 500;
/** The audience by when somebody was last heard of. */
export const ACTIVE_DAYS = [1, 7, 30, 90] as const;

// Browsers send CRLF; Postgres takes no NUL.
const cleanText = z.string().overwrite((text) => text.replaceAll('\0', '').replaceAll('\r\n', '\n').trim());
const optional = cleanText.default('').transform((text) => text || null);

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
  channel: optional.pipe(z.enum(CHANNEL_KINDS as unknown as [string, ...string[]]).nullable()),
  language: optional.pipe(z.enum(LANGUAGES).nullable()),
  activeDays: optional.pipe(
    z
      .enum(ACTIVE_DAYS.map(String) as [string, ...string[]])
      .transform(Number)
      .nullable(),
  ),
  /** Local in the business's time zone, or with an offset of its own. */
  scheduledAt: optional,
  /** Of the form's page: sent twice, it makes one broadcast. */
  draft: z.string().refine(isId).optional(),
  /** The test's recipient; of no meaning to the broadcast itself. */
  testTo: optional,
};

/** POST /bots/:id/broadcasts, …/preview and …/test. */
export const broadcastForm = z.strictObject(fields).superRefine(({ buttonLabel, buttonUrl }, issues) => {
  const missing = (field: string, message: string) => issues.addIssue({ code: 'custom', path: [field], message });
  if (buttonUrl !== null && buttonLabel === null) missing('buttonLabel', 'broadcasts.form.button_label.required');
  if (buttonLabel !== null && buttonUrl === null) missing('buttonUrl', 'broadcasts.form.button_url.required');
});
export type BroadcastForm = z.output<typeof broadcastForm>;

/** The buttons of a broadcast's page. */
export const actForm = z.strictObject({});
