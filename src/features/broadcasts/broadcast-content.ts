import { createHash } from 'node:crypto';
import { ValidationError } from '#core/errors.ts';
import { zonedInstant } from '#core/time.ts';
import type { BroadcastContent } from './broadcast.ts';
import type { BroadcastForm } from './broadcasts.schema.ts';

/** Sent by a slow hand, a time just gone means now. */
const JUST_NOW_MS = 2 * 60_000;
const FURTHEST_MS = 366 * 24 * 60 * 60_000;

/**
 * What the form means. A time without an offset is the business's own.
 * @throws ValidationError for a time that is none, past, or further away than a year.
 */
export function contentOf(form: BroadcastForm, timeZone: string, now: Date): BroadcastContent {
  const { text, buttonLabel, buttonUrl, photoId, templateName: name, templateLanguage, templateParameters } = form;
  const template = name === null ? null : { name, language: templateLanguage ?? '', parameters: templateParameters };
  const { channel, language, activeDays } = form;
  const scheduledAt = timeOf(form.scheduledAt, timeZone, now);
  return { text, buttonLabel, buttonUrl, photoId, template, channel, language, activeDays, scheduledAt };
}

function timeOf(given: string | null, timeZone: string, now: Date): Date | null {
  if (given === null) return null;
  const exact = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(given) ? new Date(given) : zonedInstant(given, timeZone);
  const aheadMs = exact === null ? Number.NaN : exact.getTime() - now.getTime();
  if (exact === null || Number.isNaN(aheadMs)) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.invalid' });
  if (aheadMs < -JUST_NOW_MS) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.past' });
  if (aheadMs > FURTHEST_MS) throw new ValidationError({ scheduledAt: 'broadcasts.form.scheduled_at.too_far' });
  return aheadMs <= 0 ? null : exact;
}

/** Of two times that mean now the same: when somebody pressed is no part of it. */
export const hashOf = (content: BroadcastContent): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url');
