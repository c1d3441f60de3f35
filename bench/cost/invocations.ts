/** The process that stands in for Lambda's: reports the CPU time of each invocation. Started by measure.ts. */
import { createRequire } from 'node:module';
import os from 'node:os';

/** Milliseconds, of all threads. */
export interface Spent {
  readonly cpuMs: number;
  /** CPU time since the process started. */
  readonly totalCpuMs: number;
}

function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

// One thread for the network, as in functions of up to 3.5 GB.
os.availableParallelism = () => 1;
const { handler } = createRequire(__filename)(process.argv[2]!);

process.on('message', async (event) => {
  const before = process.cpuUsage();
  const deadline = Date.now() + 60_000;
  await handler(event, {
    awsRequestId: '00000000-0000-0000-0000-000000000000',
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
  const spent: Spent = {
    cpuMs: millisecondsOf(process.cpuUsage(before)),
    totalCpuMs: millisecondsOf(process.cpuUsage()),
  };
  process.send!(spent);
});
