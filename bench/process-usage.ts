// What a process has used, by Linux' /proc: CPU of all its threads, resident memory.
import { readFile } from 'node:fs/promises';

// USER_HZ; 100 on every Linux Node runs on.
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

/** CPU time since the process began, in milliseconds; 0 when it is gone. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name stands in parentheses and may hold spaces; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

export async function residentBytesOf(pid: number): Promise<number> {
  const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * PAGE_BYTES;
}
