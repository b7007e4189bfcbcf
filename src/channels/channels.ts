import type { ChannelKind } from '#core/message.ts';
import { includesChannel, PLAN_NAMES, type PlanName } from '#core/plans.ts';
import type { ChannelAdapter, ChannelDefinition, ChannelSettings, Channels, Credentials } from './channel.ts';
import { CHANNELS } from './registry.ts';

export const CHANNEL_KINDS: readonly ChannelKind[] = CHANNELS.map(({ kind }) => kind);

/** Undefined for a kind that is no channel, such as the playground. */
export const channelOf = (kind: string): ChannelDefinition | undefined => CHANNELS.find((channel) => channel.kind === kind);

export const channelName = (kind: string): string => channelOf(kind)?.name ?? kind;

export const channelsOf = (plan: PlanName): ChannelDefinition[] => CHANNELS.filter((channel) => includesChannel(plan, channel));

export const KINDS_BY_PLAN = Object.fromEntries(PLAN_NAMES.map((plan) => [plan, channelsOf(plan).map(({ kind }) => kind)]));

export const channelGlobals = { CHANNELS, channelOf, channelsOf };

export function connectChannel(definition: ChannelDefinition, settings: ChannelSettings = {}): ChannelAdapter {
  const { connect, webhook, ...facts } = definition;
  const defaults = defaultsOf(definition, settings);
  return {
    ...facts,
    ...connect(settings, defaults),
    defaults,
    accountIdOf: (credentials) => definition.accountIdOf({ ...defaults, ...credentials }),
    ...(webhook && { webhook: { ...webhook, platformSecrets: webhook.platformSecrets(settings) } }),
  };
}

export const createChannels = (settings: ChannelSettings): Channels =>
  Object.fromEntries(CHANNELS.map((definition) => [definition.kind, connectChannel(definition, settings)]));

function defaultsOf({ fields }: ChannelDefinition, settings: ChannelSettings): Credentials {
  const given = fields.map(({ name, env }) => [name, env && settings[env]]);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== '')) as Credentials;
}
