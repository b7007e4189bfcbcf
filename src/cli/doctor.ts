// npm run doctor: looks at the installation from where it runs and says what to do about each thing it finds. It changes nothing;
// a missing secret is made, as at a start.
// Exit codes: 0 nothing is wrong, 1 something is.
import { EnvError, readEnv } from '../env.ts';
import { checkDatabase, checkDisk, checkMail, checkModels, checkPublicAddress, type Finding } from './doctor-checks.ts';

const MARKS = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ' } as const;

const UNDERSTOOD: Finding = {
  state: 'ok',
  what: 'environment',
  says: `every setting is understood; Node ${process.versions.node}`,
};

process.exitCode = await main();

async function main(): Promise<number> {
  const env = environment();
  if (!env) return 1;
  const checks = [checkDatabase(env), checkDisk(env), checkModels(env), checkPublicAddress(env), checkMail(env)];
  const findings = [UNDERSTOOD, ...(await Promise.all(checks)).flat()];
  for (const finding of findings) print(finding);
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  console.log(`${count('ok')} ok, ${count('warn')} to look at, ${count('bad')} wrong`);
  return count('bad') > 0 ? 1 : 0;
}

function environment(): ReturnType<typeof readEnv> | null {
  try {
    return readEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    print({ state: 'bad', what: 'environment', says: error.message, remedy: 'See .env.example and the table in README.md.' });
    return null;
  }
}

function print({ state, what, says, remedy }: Finding): void {
  console.log(`${MARKS[state]} ${what}: ${says}`);
  if (remedy) console.log(`     → ${remedy}`);
}
