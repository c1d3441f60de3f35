/** What an upload costs: AWS's prices times what it takes of each service. */

import { prices } from '../../cdk/constructs/monitoring/prices.ts';
import { megabytesPerProcessor } from '../../functions/classify/memory.ts';

export interface Setup {
  readonly architecture: keyof typeof prices.lambda.perGbSecond;
  readonly memoryMb: number;
}

/** What a classified image, and then the copy that its labels are written by, take of the function. */
export interface Work {
  readonly imageMs: number;
  readonly ownCopyMs: number;
  readonly imageLogBytes: number;
  readonly ownCopyLogBytes: number;
}

/** How often an upload takes what is charged for. */
export interface Usage {
  readonly invocations: number;
  /** Invocations, or parts of one, that find the function's own copy. */
  readonly ownCopies: number;
  readonly s3Gets: number;
  readonly s3Copies: number;
  readonly events: number;
  readonly sqsRequests: number;
}

/** US dollars for a million uploads. */
export type Cost = Readonly<
  Record<'time' | 'invocations' | 's3Gets' | 's3Copies' | 'events' | 'sqs' | 'logs', number>
>;

/** Labels in the metadata, and S3 invokes the function: once for the upload, and once for the copy with its labels. */
export const defaultUsage: Usage = {
  invocations: 2,
  ownCopies: 1,
  s3Gets: 1,
  s3Copies: 1,
  events: 1,
  sqsRequests: 0,
};

/**
 * How long a function takes for what keeps one thread busy for `cpuMs`.
 *
 * @param waitingMs For the network, in which no processor is used.
 */
export function durationMs(cpuMs: number, memoryMb: number, waitingMs: number): number {
  return cpuMs / Math.min(memoryMb / megabytesPerProcessor, 1) + waitingMs;
}

export function costPerMillion(
  { architecture, memoryMb }: Setup,
  { imageMs, ownCopyMs, imageLogBytes, ownCopyLogBytes }: Work,
  usage: Usage,
): Cost {
  const { lambda, s3, eventBridge, sqs, cloudWatch } = prices;
  const { invocations, ownCopies, s3Gets, s3Copies, events, sqsRequests } = usage;
  const gbSeconds = ((imageMs + ownCopies * ownCopyMs) / 1000) * (memoryMb / 1024) * million;
  const logGigabytes =
    ((imageLogBytes + ownCopies * ownCopyLogBytes + invocations * platformLogBytes) * million) / 1e9;
  return {
    time: gbSeconds * lambda.perGbSecond[architecture],
    invocations: invocations * lambda.perMillionRequests,
    s3Gets: s3Gets * 1000 * s3.perThousandGets,
    s3Copies: s3Copies * 1000 * s3.perThousandPuts,
    events: events * eventBridge.perMillionEvents,
    sqs: sqsRequests * sqs.perMillionRequests,
    logs: logGigabytes * cloudWatch.logsPerGb,
  };
}

export function total(cost: Cost): number {
  return Object.values(cost).reduce((sum, dollars) => sum + dollars, 0);
}

// The lines START, END and REPORT that Lambda itself logs of an invocation.
export const platformLogBytes = 320;

const million = 1e6;
