/** Measures a function at one memory size: cold starts first, then warm images. */
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { median } from '../../median.ts';
import { labelOnce, restart } from './invoke.ts';
import type { LambdaReport } from './lambda-report.ts';

/** Numbers of invocations for each architecture and memory size. */
export interface Repetitions {
  readonly cold: number;
  readonly warm: number;
}

/** Milliseconds; medians, except for the memory. */
export interface Measured {
  /** From the start of the environment to the end of the image. */
  readonly coldMs: number;
  readonly coldBilledMs: number;
  readonly warmMs: number;
  readonly warmBilledMs: number;
  /** The most of all invocations. */
  readonly peakMb: number;
}

export interface TunedFunction {
  readonly lambda: LambdaClient;
  readonly functionName: string;
  readonly bucket: string;
  /** Keys of the photos, labelled in turn. */
  readonly keys: readonly string[];
}

/**
 * @param onInvocation Called after each.
 * @throws MemoryRefused, InvocationFailed
 */
export async function measure(
  { lambda, functionName, bucket, keys }: TunedFunction,
  memoryMb: number,
  { cold, warm }: Repetitions,
  onInvocation: () => void,
): Promise<Measured> {
  const reports: LambdaReport[] = [];
  const label = async (turn: number) => {
    const { report } = await labelOnce(lambda, functionName, { bucket, key: keys[turn % keys.length]! });
    reports.push(report);
    onInvocation();
  };
  for (let turn = 0; turn < cold; turn++) {
    await restart(lambda, functionName, memoryMb);
    await label(turn);
  }
  for (let turn = 0; turn < warm; turn++) await label(turn);
  return summarise(reports);
}

/** Lambda may replace an environment at any time, so that the reports say which invocations were cold. */
export function summarise(reports: readonly LambdaReport[]): Measured {
  const coldStarts = reports.filter(({ initMs }) => initMs !== undefined);
  const others = reports.filter(({ initMs }) => initMs === undefined);
  return {
    coldMs: median(coldStarts.map(({ durationMs, initMs = 0 }) => durationMs + initMs)),
    coldBilledMs: median(coldStarts.map(({ billedMs }) => billedMs)),
    warmMs: median(others.map(({ durationMs }) => durationMs)),
    warmBilledMs: median(others.map(({ billedMs }) => billedMs)),
    peakMb: Math.max(...reports.map(({ peakMb }) => peakMb)),
  };
}
