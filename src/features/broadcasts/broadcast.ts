import { createHash } from 'node:crypto';
import type { BroadcastState, HaltReason, RecipientCounts, RecipientState } from '#core/broadcast-state.ts';
import { DAY_MS, MINUTE_MS } from '#core/durations.ts';
import { ValidationError } from '#core/errors.ts';
import type { MessageTemplate } from '#core/message-template.ts';
import { zonedInstant } from '#core/time.ts';
import { type BroadcastForm, templateValuesIn } from './broadcasts.schema.ts';

/** Null means everybody. */
export interface Audience {
  channel: string | null;
  language: string | null;
  activeDays: number | null;
}

export interface BroadcastContent extends Audience {
  text: string;
  buttonLabel: string | null;
  buttonUrl: string | null;
  photoId: string | null;
  template: MessageTemplate | null;
  scheduledAt: Date | null;
}

export interface Broadcast extends BroadcastContent {
  id: string;
  state: BroadcastState;
  stateReason: HaltReason | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: Partial<RecipientCounts>;
}

export interface CountRow {
  state: RecipientState;
  reason: string | null;
  count: number;
}

/** A time that just passed means now. */
const JUST_NOW_MS = 2 * MINUTE_MS;
const FURTHEST_MS = 366 * DAY_MS;

/** Without an offset a time is in the business's zone. @throws ValidationError when invalid, past or over a year ahead. */
export function contentOf(form: BroadcastForm, timeZone: string, now: Date): BroadcastContent {
  const { text, buttonLabel, buttonUrl, photoId, templateName: name, templateLanguage, templateParameters } = form;
  const values = templateValuesIn(form).map(({ number: _number, ...value }) => value);
  const texts = values.filter(({ part }) => part === 'body').map(({ value }) => value);
  const parameters = values.length > 0 ? texts : templateParameters;
  const ofTemplate = templateLanguage ?? '';
  const template = name === null ? null : { name, language: ofTemplate, parameters, ...(values.length > 0 && { values }) };
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

/** "Now" has one value, so that two sends of one form have the same hash. */
export const hashOf = (content: BroadcastContent): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url');
