import { type AppProcess, until } from './app-process.ts';

/** The option of Node that loads collect-garbage.ts into the product. */
export const COLLECTS_GARBAGE = `--import ${new URL('./collect-garbage.ts', import.meta.url).href}`;

/** Has the product collect its garbage and waits until it is done. */
export async function collectGarbage(app: AppProcess): Promise<void> {
  const collected = (): number => app.output().split('garbage collected').length;
  const before = collected();
  process.kill(app.pid, 'SIGUSR2');
  await until(
    () => collected() > before,
    60_000,
    () => 'no garbage was collected',
  );
}
