/** Lambda's charges, by AWS's list prices. */
import { prices } from '../../../layers/prices.ts';
import type { Measured, Repetitions } from './measure.ts';

export type Architecture = keyof typeof prices.lambda.perGbSecond;

export const architectures: readonly Architecture[] = ['arm64', 'x86_64'];

/** A function as it is measured. */
export interface Setup {
  readonly architecture: Architecture;
  readonly memoryMb: number;
}

/** One invocation, in US dollars. */
export function invocationDollars({ architecture, memoryMb }: Setup, billedMs: number): number {
  const { perGbSecond, perMillionRequests } = prices.lambda;
  return (billedMs / 1000) * (memoryMb / 1024) * perGbSecond[architecture] + perMillionRequests / 1e6;
}

/** One invocation in this many is taken for a cold start. */
export const imagesPerColdStart = 100;

/** A million images, in US dollars: Lambda's charge for labelling them. */
export function millionDollars(setup: Setup, { warmBilledMs, coldBilledMs }: Measured): number {
  const billedMs = warmBilledMs + (coldBilledMs - warmBilledMs) / imagesPerColdStart;
  return 1e6 * invocationDollars(setup, billedMs);
}

/**
 * An upper estimate of a run's cost, in US dollars: as if every invocation took as long as a large photo in a cold start on a
 * slow processor.
 */
export function estimateDollars(
  setups: readonly Setup[],
  { cold, warm }: Repetitions,
  photos: number,
): { readonly invocations: number; readonly dollars: number } {
  const perSetup = cold + warm;
  const invocationsOf = (setup: Setup) => (isFirstOf(setup, setups) ? photos : 0) + perSetup;
  const invocations = setups.reduce((sum, setup) => sum + invocationsOf(setup), 0);
  const lambda = setups.reduce(
    (sum, setup) => sum + invocationsOf(setup) * invocationDollars(setup, assumedMs),
    0,
  );
  // Each image is read and copied once, and has an event.
  const perImage =
    prices.s3.perThousandGets / 1000 +
    prices.s3.perThousandPuts / 1000 +
    prices.eventBridge.perMillionEvents / 1e6;
  return { invocations, dollars: lambda + invocations * perImage };
}

/** With the first memory size of an architecture every photo is tried once. */
function isFirstOf(setup: Setup, setups: readonly Setup[]): boolean {
  return setups.find(({ architecture }) => architecture === setup.architecture) === setup;
}

const assumedMs = 3000;
