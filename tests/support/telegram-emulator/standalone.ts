// node tests/support/telegram-emulator/standalone.ts [port]: the emulator as a process; POST /control/<command> steers it.
import { startTelegramEmulator } from './telegram-emulator.ts';

const emulator = await startTelegramEmulator({ port: Number(process.argv[2] ?? 0) });
console.log(JSON.stringify({ url: emulator.url }));
process.once('SIGTERM', () => void emulator.close());
