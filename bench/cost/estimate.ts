/** The cost of an upload: its usage of each service times AWS's prices. */

import { megabytesPerProcessor } from '../../functions/classify/memory.ts';
import { prices } from '../../layers/prices.ts';

export interface Setup {
  readonly architecture: keyof typeof prices.lambda.perGbSecond;
  readonly memoryMb: number;
}

/** Usage of the function by a classified image and by the copy that writes its labels. */
export interface Work {
  readonly imageMs: number;
  readonly ownCopyMs: number;
  readonly imageLogBytes: number;
  readonly ownCopyLogBytes: number;
}

/** Number of charged operations per upload. */
export interface Usage {
  readonly invocations: number;
  /** Invocations, or fractions of one, that recognise the function's own copy. */
  readonly ownCopies: number;
  readonly s3Gets: number;
  readonly s3Copies: number;
  readonly events: number;
  readonly sqsRequests: number;
}

/** US dollars per million uploads. */
export type Cost = Readonly<
  Record<'time' | 'invocations' | 's3Gets' | 's3Copies' | 'events' | 'sqs' | 'logs', number>
>;

/** The default settings: labels in metadata; S3 invokes the function for the upload and for the copy with its labels. */
export const defaultUsage: Usage = {
  invocations: 2,
  ownCopies: 1,
  s3Gets: 1,
  s3Copies: 1,
  events: 1,
  sqsRequests: 0,
};

/**
 * Duration of work that keeps one thread busy for `cpuMs`.
 *
 * @param waitingMs Time spent waiting for requests, which uses no CPU.
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

// Lambda's own lines START, END and REPORT.
export const platformLogBytes = 320;

const million = 1e6;
