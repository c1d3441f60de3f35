/** Reads processes' resource usage from Linux's /proc. */
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** CPU time, user and system, of all threads. */
  readonly cpuMs: number;
  /** Peak resident memory so far, in 10^6 bytes. */
  readonly peakMegabytes: number;
}

/** @throws Error if the process does not exist, or the system is not Linux. */
export async function readUsage(pid: number): Promise<ProcessUsage> {
  const [stat, status] = await Promise.all([read(pid, 'stat'), read(pid, 'status')]);
  // The name, in brackets, may contain spaces; user and system time are the 14th and 15th fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const kilobytes = Number(/VmHWM:\s*(\d+)/.exec(status)![1]);
  return { cpuMs: ticks * msPerTick, peakMegabytes: (kilobytes * 1024) / 1e6 };
}

/** Finds a child process by a part of its command line. @throws Error if there is none. */
export async function findChild(parent: number, commandPart: string): Promise<number> {
  const [child] = await findChildren(parent, commandPart);
  if (child === undefined) throw new Error(`process ${parent} has no child that runs ${commandPart}`);
  return child;
}

/** Finds the child processes whose command line contains a text. */
export async function findChildren(parent: number, commandPart: string): Promise<number[]> {
  const threads = await readdir(`/proc/${parent}/task`);
  const lists = await Promise.all(threads.map((thread) => read(parent, `task/${thread}/children`)));
  const found: number[] = [];
  for (const pid of lists.join(' ').split(' ').filter(Boolean).map(Number)) {
    // A process that has just ended has no command line.
    const command = await read(pid, 'cmdline').catch(() => '');
    if (command.includes(commandPart)) found.push(pid);
  }
  return found;
}

function read(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8');
}

/** Linux reports times to programs in ticks of 1/100 s. */
const msPerTick = 10;
