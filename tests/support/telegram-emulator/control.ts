import type { IncomingMessage } from 'node:http';
import type { BotSpec } from './bot-state.ts';
import type { CustomerMessage } from './customers.ts';
import type { FaultRule } from './faults.ts';
import type { TelegramEmulator } from './telegram-emulator.ts';

/** What a script may ask over HTTP when the emulator is a process of its own: POST /control/<name> with JSON. */
const COMMANDS: Record<string, (emulator: TelegramEmulator, body: never) => unknown> = {
  addBot: (emulator, spec: BotSpec) => ({ id: emulator.addBot(spec).id }),
  customerSends: (emulator, { botId, ...message }: CustomerMessage & { botId: number }) => emulator.customerSends(botId, message),
  sent: (emulator, { botId }: { botId: number }) => emulator.sent(botId),
  typing: (emulator, { botId }: { botId: number }) => emulator.typing(botId).length,
  revoke: (emulator, { botId }: { botId: number }) => emulator.revoke(botId),
  fault: (emulator, rule: FaultRule) => emulator.fault(rule),
  heal: (emulator, { botId }: { botId?: number }) => emulator.heal(botId),
  bots: (emulator) =>
    emulator.bots().map(({ id, username, name, overlappingPolls, poll }) => ({
      id,
      username,
      name,
      overlappingPolls,
      polling: poll !== null,
    })),
};

export async function handleControl(emulator: TelegramEmulator, req: IncomingMessage, body: string): Promise<unknown> {
  const command = COMMANDS[(req.url ?? '').split('/').at(-1) ?? ''];
  if (!command) return { error: `known: ${Object.keys(COMMANDS).join(', ')}` };
  try {
    return { result: command(emulator, (body ? JSON.parse(body) : {}) as never) ?? null };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
