import type { ChannelKind } from '#core/message.ts';
import { includesChannel, PLAN_NAMES, type PlanName } from '#core/plans.ts';
import type { ChannelAdapter, ChannelDefinition, ChannelSettings, Channels, Credentials } from './channel.ts';
import { CHANNELS } from './registry.ts';

export const CHANNEL_KINDS: readonly ChannelKind[] = CHANNELS.map(({ kind }) => kind);

/** The channel's definition; undefined for what is no channel, such as the playground. */
export const channelOf = (kind: string): ChannelDefinition | undefined => CHANNELS.find((channel) => channel.kind === kind);

/** The platform's own name. */
export const channelName = (kind: string): string => channelOf(kind)?.name ?? kind;

/** The channels that a plan includes. */
export const channelsOf = (plan: PlanName): ChannelDefinition[] => CHANNELS.filter((channel) => includesChannel(plan, channel));

/** The kinds of each plan's channels. */
export const KINDS_BY_PLAN = Object.fromEntries(PLAN_NAMES.map((plan) => [plan, channelsOf(plan).map(({ kind }) => kind)]));

/** The names that every view may use. */
export const channelGlobals = { CHANNELS, channelOf, channelsOf };

/** Connects a channel over the installation's settings. */
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

/** Every channel of the registry, connected. */
export const createChannels = (settings: ChannelSettings): Channels =>
  Object.fromEntries(CHANNELS.map((definition) => [definition.kind, connectChannel(definition, settings)]));

function defaultsOf({ fields }: ChannelDefinition, settings: ChannelSettings): Credentials {
  const given = fields.map(({ name, env }) => [name, env && settings[env]]);
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== '')) as Credentials;
}
