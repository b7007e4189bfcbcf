import type { ChannelKind } from '#core/message.ts';
import type { Metrics } from '#platform/metrics.ts';
import { foreign } from '#platform/own-time.ts';
import type { ChannelAdapter, Channels, Sent } from './channel.ts';

export function meterChannels(channels: Channels, metrics: Metrics): Channels {
  const counted =
    <In extends unknown[], Out extends Sent>(kind: ChannelKind, send: (...args: In) => Promise<Out>) =>
    async (...args: In): Promise<Out> => {
      const { result } = await foreign(() => send(...args));
      metrics.message(kind, result.ok ? 'sent' : result.reason);
      return result;
    };
  const metered = (adapter: ChannelAdapter | undefined): ChannelAdapter | undefined =>
    adapter && {
      ...adapter,
      sendText: counted(adapter.kind, adapter.sendText),
      ...(adapter.sendChoices && { sendChoices: counted(adapter.kind, adapter.sendChoices) }),
      ...(adapter.sendRich && { sendRich: counted(adapter.kind, adapter.sendRich) }),
      ...(adapter.sendFile && { sendFile: counted(adapter.kind, adapter.sendFile) }),
      ...(adapter.sendTemplate && { sendTemplate: counted(adapter.kind, adapter.sendTemplate) }),
    };
  return Object.fromEntries(Object.entries(channels).map(([kind, adapter]) => [kind, metered(adapter)]));
}

interface Batch {
  messages: readonly unknown[];
}

/** A redelivered message counts again. */
export function meterReceive<In extends Batch, Out extends { accepted: boolean }>(
  channel: ChannelKind,
  receive: (batch: In) => Promise<Out>,
  metrics: Metrics,
): (batch: In) => Promise<Out> {
  return async (batch) => {
    const result = await receive(batch);
    if (result.accepted) metrics.message(channel, 'received', batch.messages.length);
    return result;
  };
}
