/** The process that decodes: files come in, and for each a line of JSON goes out. It may crash, which tells something, too. */
import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { readFrame } from './frames.ts';
import { judge, type Verdict } from './judge.ts';

export interface MeasuredVerdict extends Verdict {
  /** By how much the process grew at the most: resident, in 10^6 bytes. */
  readonly grownMegabytes: number;
}

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(`an unhandled rejection: ${reason}`));

const residentMegabytes = (field: 'VmRSS' | 'VmHWM'): number =>
  (Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync(status, 'utf8'))![1]) * 1024) / 1e6;

const status = '/proc/self/status';

/** Only Linux tells, and forgets, the peak. */
const startMeasuring = (): (() => number) => {
  if (!existsSync(status)) return () => 0;
  writeFileSync('/proc/self/clear_refs', '5');
  const before = residentMegabytes('VmRSS');
  return () => residentMegabytes('VmHWM') - before;
};

for (let bytes = readFrame(); bytes; bytes = readFrame()) {
  const grownBy = startMeasuring();
  const verdict = await judge(bytes);
  await new Promise(setImmediate);
  const measured: MeasuredVerdict = {
    ...verdict,
    faults: [...verdict.faults, ...unhandled.splice(0)],
    grownMegabytes: Math.round(grownBy()),
  };
  writeSync(1, `${JSON.stringify(measured)}\n`);
}
