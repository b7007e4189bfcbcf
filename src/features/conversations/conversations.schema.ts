import { z } from 'zod';
import { PAUSES } from '#core/silence.ts';
import { isId } from '#platform/crypto/ids.ts';
import { cleanText, flagField } from '#web/form.ts';

/** One message on Telegram and WhatsApp; Instagram gets it in parts. */
export const MAX_REPLY_CHARS = 4_000;

/** The text may be empty where a file is sent. */
export const replyForm = z.strictObject({
  text: cleanText.max(MAX_REPLY_CHARS, 'conversations.reply.too_long').default(''),
  /** `1`: spoken into the page. */
  voice: flagField,
  /** The name of a file field in a form that was sent without the file; the file itself is no field. */
  file: z.string().optional(),
  /** Sending one draft twice creates one message. */
  draft: z.string().refine(isId).optional(),
});

const messageId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** For an hour, unless the form says otherwise. */
export const takeOverForm = z.strictObject({ pause: z.enum(PAUSES, 'errors.form.invalid').default('hour') });

export const retryForm = z.strictObject({ messageId });

/** The newest message that the member has seen. */
export const seenForm = z.strictObject({ messageId });
