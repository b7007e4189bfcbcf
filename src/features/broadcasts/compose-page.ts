import type { Request, Response } from 'express';
import type { ChannelAdapter } from '#channels/channel.ts';
import { CHANNEL_KINDS, channelOf } from '#channels/channels.ts';
import { type BroadcastPart, broadcastParts } from '#core/broadcast-parts.ts';
import type { ChannelKind } from '#core/message.ts';
import { describeField, type TemplateForm } from '#core/message-template.ts';
import { zonedLocal } from '#core/time.ts';
import { newId } from '#platform/crypto/ids.ts';
import { tenantOf } from '#web/guards.ts';
import type { Broadcast } from './broadcast.ts';
import { ACTIVE_DAYS, MAX_TEXT_CHARS, templateValuesIn } from './broadcasts.schema.ts';
import type { BroadcastsService } from './broadcasts.service.ts';
import { partRulesOf } from './send-broadcast.ts';

export interface Preview {
  channel: ChannelKind;
  parts: BroadcastPart[];
}

/** The form with the fields of the template that is chosen in the list. What was typed into the same fields stays. */
export function withTemplate(typed: Typed, templates: readonly TemplateForm[]): Typed {
  const chosen = templates.find(({ name, language }) => typed['template'] === `${name}|${language}`);
  if (!chosen) return typed;
  const { name, language, fields } = chosen;
  const before = new Map(templateValuesIn(typed).map((value) => [describeField(value), value.value]));
  const others = Object.entries(typed).filter(([key]) => !/^template(?:Field|Value)\d+$/.test(key));
  const own = fields.flatMap((field, at) => {
    const described = describeField(field);
    return [
      [`templateField${at + 1}`, described],
      [`templateValue${at + 1}`, before.get(described) ?? ''],
    ];
  });
  const named = { templateName: name, templateLanguage: language, templateParameters: '' };
  return { ...Object.fromEntries(others), ...named, ...Object.fromEntries(own) };
}

export type Typed = Record<string, unknown>;

/** Uses the same rules as sending. */
export function createPreviews({
  channels,
  optOutLine,
}: {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  optOutLine: (language: string) => string;
}) {
  return function previews(typed: Typed, of: readonly ChannelKind[], words: { language: string; sample: string }): Preview[] {
    const field = (name: string): string => (typeof typed[name] === 'string' ? typed[name].trim() : '');
    const [label, url] = [field('buttonLabel'), field('buttonUrl')];
    const whole = {
      text: field('text').replaceAll('\r\n', '\n').slice(0, MAX_TEXT_CHARS) || words.sample,
      button: label !== '' && url !== '' ? { label, url } : null,
      photo: field('photoId') !== '',
      optOut: optOutLine(words.language),
    };
    return of.flatMap((channel) => {
      const adapter = channels[channel];
      return adapter ? [{ channel, parts: broadcastParts(whole, partRulesOf(adapter)) }] : [];
    });
  };
}

export type Previews = ReturnType<typeof createPreviews>;

interface Deps {
  broadcasts: Pick<BroadcastsService, 'list' | 'testers' | 'channels'>;
  previews: Previews;
}

export function createComposePage({ broadcasts, previews }: Deps) {
  /** Previews the bot's channels, or all channels while it has none. */
  async function previewsOf(req: Request, res: Response, typed: Typed): Promise<Preview[]> {
    const own = await broadcasts.channels(tenantOf(req).id, res.locals['bot'].id);
    const { language, t } = res.locals as { language: string; t: (key: string) => string };
    const words = { language, sample: t('broadcasts.preview.sample') };
    return previews(typed, own.length > 0 ? own : CHANNEL_KINDS, words);
  }

  async function formLocals(req: Request, res: Response, typed: Typed = req.body ?? {}) {
    const shown = await previewsOf(req, res, typed);
    const values = templateValuesIn(typed).map(({ number, value, ...field }) => ({
      ...field,
      number,
      value,
      described: describeField(field),
    }));
    const choices = { activeDays: ACTIVE_DAYS, maxTextChars: MAX_TEXT_CHARS, timeZone: tenantOf(req).timeZone };
    return {
      ...choices,
      templateFields: values,
      previews: shown,
      hasTemplates: shown.some(({ channel }) => channelOf(channel)?.outsideWindow === 'template'),
    };
  }

  return {
    previewsOf,
    formLocals,

    async locals(req: Request, res: Response) {
      const [tenantId, botId] = [tenantOf(req).id, res.locals['bot'].id];
      const [list, testers] = await Promise.all([broadcasts.list(tenantId, botId), broadcasts.testers(tenantId, botId)]);
      return { ...(await formLocals(req, res)), broadcasts: list, testers, draft: draftOf(req) };
    },
  };
}

export type ComposePage = ReturnType<typeof createComposePage>;

/** The draft id of the form, so that a form rendered again sends the same one. */
const draftOf = (req: Request): string =>
  typeof req.body?.draft === 'string' && req.body.draft !== '' ? req.body.draft : newId();

export function formOf(broadcast: Broadcast, timeZone: string): Record<string, string> {
  const { text, buttonLabel, buttonUrl, photoId, template, channel, language, activeDays, scheduledAt } = broadcast;
  return {
    text,
    buttonLabel: buttonLabel ?? '',
    buttonUrl: buttonUrl ?? '',
    photoId: photoId ?? '',
    templateName: template?.name ?? '',
    templateLanguage: template?.language ?? '',
    templateParameters: template?.values ? '' : (template?.parameters.join('\n') ?? ''),
    ...Object.fromEntries(
      (template?.values ?? []).flatMap((value, at) => [
        [`templateField${at + 1}`, describeField(value)],
        [`templateValue${at + 1}`, value.value],
      ]),
    ),
    channel: channel ?? '',
    language: language ?? '',
    activeDays: activeDays === null ? '' : String(activeDays),
    scheduledAt: scheduledAt ? zonedLocal(scheduledAt, timeZone) : '',
  };
}
