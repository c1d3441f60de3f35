/** Lambda's report on an invocation: the last line of its log. */

/** Milliseconds, and megabytes as Lambda counts them. */
export interface LambdaReport {
  readonly durationMs: number;
  /** Includes the start of an environment. */
  readonly billedMs: number;
  /** The start of the environment, if this invocation was a cold start. */
  readonly initMs?: number;
  /** The most that the environment has used so far. */
  readonly peakMb: number;
}

/** The log has no report: Lambda writes one after every invocation. */
export class NoLambdaReport extends Error {
  override readonly name = 'NoLambdaReport';
}

/**
 * Reads the report at the end of a log.
 *
 * @param logTail The end of the invocation's log, as `Invoke` returns it, in base64.
 * @throws NoLambdaReport
 */
export function readReport(logTail: string): LambdaReport {
  const log = Buffer.from(logTail, 'base64').toString();
  const line = log.slice(Math.max(0, log.lastIndexOf('REPORT RequestId:')));
  const numberAfter = (name: string) => {
    // The tab keeps `Duration` from being found in `Billed Duration`.
    const value = new RegExp(`\\t${name}: ([\\d.]+) `).exec(line)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const [durationMs, billedMs, initMs, peakMb] = [
    numberAfter('Duration'),
    numberAfter('Billed Duration'),
    numberAfter('Init Duration'),
    numberAfter('Max Memory Used'),
  ];
  if (durationMs === undefined || billedMs === undefined || peakMb === undefined)
    throw new NoLambdaReport(`the log of an invocation ends without Lambda's report: ${log.slice(-200)}`);
  return { durationMs, billedMs, peakMb, ...(initMs !== undefined && { initMs }) };
}
