// CPU of all threads and resident memory of a process, from Linux's /proc.
import { readFile } from 'node:fs/promises';

// USER_HZ is 100 on every Linux that Node supports.
const TICK_MS = 10;
const PAGE_BYTES = 4_096;

/** Since the start of the process, in ms; 0 when it is gone. */
export async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name is in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

export async function residentBytesOf(pid: number): Promise<number> {
  const [, pages = '0'] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * PAGE_BYTES;
}
