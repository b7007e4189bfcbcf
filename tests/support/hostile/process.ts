// A process that sends everything in attacks.ts at once, until SIGTERM. Then it writes how it was answered, as JSON.
import { setMaxListeners } from 'node:events';
import { type Attack, attacksOf, type Orders } from './attacks.ts';

const only = process.argv[3]?.split(',');
const answers: Record<string, Record<string, number>> = {};
const end = new AbortController();
setMaxListeners(0, end.signal);

async function repeat(name: string, attack: Attack): Promise<void> {
  while (!end.signal.aborted) {
    const answer = await attack(end.signal).catch(() => 'cut off');
    const counted = answers[name] ?? {};
    answers[name] = { ...counted, [answer]: (counted[answer] ?? 0) + 1 };
  }
}

process.once('SIGTERM', () => end.abort());
const attacks = Object.entries(attacksOf(JSON.parse(process.argv[2] as string) as Orders)).filter(
  ([name]) => !only || only.includes(name),
);
await Promise.all(attacks.flatMap(([name, { atOnce, attack }]) => Array.from({ length: atOnce }, () => repeat(name, attack))));
process.stdout.write(JSON.stringify(answers));
