/** The decoding process: reads files and prints a line of JSON for each. It may crash, which is a result, too. */
import { writeSync } from 'node:fs';
import { folderVariable } from '../../../functions/classify/decode/heic/heic.ts';
import { findHeicDecoder } from '../../../functions/heic-decoder.ts';
import { readFrame } from './families/frames.ts';
import { judge, type Verdict } from './judge.ts';

process.env[folderVariable] = findHeicDecoder().folder;
const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(`an unhandled rejection: ${reason}`));

for (let bytes = readFrame(); bytes; bytes = readFrame()) {
  const verdict = await judge(bytes);
  await new Promise(setImmediate);
  const complete: Verdict = { ...verdict, faults: [...verdict.faults, ...unhandled.splice(0)] };
  writeSync(1, `${JSON.stringify(complete)}\n`);
}
