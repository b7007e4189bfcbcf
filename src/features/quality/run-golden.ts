import { GOLDEN_LIMITS } from '#core/golden-limits.ts';
import type { PlanName } from '#core/plans.ts';
import type { Logger } from '#platform/logger.ts';
import type { AskGolden } from './ask-golden.ts';
import type { AskTrial, ClaimedTrial } from './ask-trial.ts';
import type { ClaimedRun, EndedRun, RunsRepo } from './runs.repo.ts';
import type { TrialsRepo } from './trials.repo.ts';

interface Deps {
  runs: RunsRepo;
  trials: TrialsRepo;
  ask: AskGolden;
  askTrial: AskTrial;
  aiConfigured: boolean;
  planOf: (tenantId: string) => Promise<PlanName>;
  /** After a run in which answers got worse. */
  gotWorse: (run: ClaimedRun, ended: EndedRun) => Promise<void>;
  logger: Pick<Logger, 'warn'>;
}

/** Runs of one process at once; the claim keeps the installation's number. */
const LANES = 2;
/** A job that takes longer would look dead to the queue. The next one goes on. */
const LONGEST_MS = 5 * 60_000;

/** Asks the golden questions of bots that changed, then trials. One after the other; a killed process' run goes on in another. */
export function createGoldenRunner({ runs, trials, ask, askTrial, aiConfigured, planOf, gotWorse, logger }: Deps) {
  /** Null: another process has the run, or something changed and a new one will be made. */
  async function askAll(run: ClaimedRun): Promise<EndedRun | null> {
    const plan = await planOf(run.tenantId);
    for (let golden = await runs.next(run.id); golden; golden = await runs.next(run.id)) {
      if (aiConfigured && !(await runs.takeCall(run.tenantId, GOLDEN_LIMITS[plan].calls))) return runs.end(run.id, 'limited');
      const { result, calls } = await ask(run, golden, plan === 'FREE');
      await runs.addCalls(run.tenantId, calls - 1);
      if (!result) return runs.end(run.id, 'limited');
      await runs.store(run, golden.id, result);
    }
    return runs.end(run.id, 'done');
  }

  async function tryOut(trial: ClaimedTrial): Promise<void> {
    const plan = await planOf(trial.tenantId);
    for (let item = await trials.next(trial.id); item; item = await trials.next(trial.id)) {
      if (aiConfigured && !(await runs.takeCall(trial.tenantId, GOLDEN_LIMITS[plan].calls))) return trials.end(trial, 'limited');
      const { answer, calls } = await askTrial(trial, item, plan === 'FREE');
      await runs.addCalls(trial.tenantId, calls - 1);
      if (!answer) return trials.end(trial, 'limited');
      await trials.store(trial.id, item.position, answer);
    }
    await trials.end(trial, 'done');
  }

  async function lane(until: number): Promise<void> {
    for (let run = await runs.claimAcrossTenants(); run; run = await runs.claimAcrossTenants()) {
      const ended = await askAll(run);
      if (ended && ended.worse > 0) {
        const { id } = run;
        await gotWorse(run, ended).catch((err: Error) => logger.warn({ err, run: id }, 'nobody was told of worse answers'));
      }
      if (Date.now() > until) return;
    }
    for (let trial = await trials.claimAcrossTenants(); trial; trial = await trials.claimAcrossTenants()) {
      await tryOut(trial);
      if (Date.now() > until) return;
    }
  }

  return {
    async run(now: Date): Promise<void> {
      await runs.queueChangedAcrossTenants(now);
      const until = Date.now() + LONGEST_MS;
      await Promise.all(Array.from({ length: LANES }, () => lane(until)));
    },

    async hourly(now: Date): Promise<void> {
      await runs.queueNightlyAcrossTenants(now);
      await runs.removeOldAcrossTenants(now);
      await trials.removeOldAcrossTenants(now);
    },
  };
}
