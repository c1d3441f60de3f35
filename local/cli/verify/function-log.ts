/** Reads what the function has logged about the objects of this run. */
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import * as v from 'valibot';
import { printable } from '../../../functions/classify/image/printable.ts';
import { Untold } from './check.ts';
import type { Target } from './target.ts';

export interface LogLine {
  /** `classified`, `own-copy` and so on. */
  readonly message: string;
  /** The key as `printable` shows it. */
  readonly key: string;
  /** Absent where the object was not read. */
  readonly eTag?: string;
}

/** @throws Untold if the stack has no output with the name of its log group. */
export async function readLog({ clients, deployment, prefix, startedAt }: Target): Promise<LogLine[]> {
  const { LogGroupName } = deployment;
  if (LogGroupName === undefined) throw new Untold('the stack has no output LogGroupName: deploy it again');
  const lines: LogLine[] = [];
  const request = {
    logGroupName: LogGroupName,
    startTime: startedAt.getTime(),
    // Quoted: a phrase to be found anywhere in the line.
    filterPattern: `"${runOf(prefix)}"`,
  };
  for await (const { events = [] } of paginateFilterLogEvents({ client: clients.logs }, request)) {
    for (const { message = '' } of events) {
      const line = v.safeParse(lineSchema, message);
      if (!line.success) continue;
      const { objectKey, eTag } = line.output;
      const key = printable(objectKey);
      if (key.startsWith(printable(prefix)))
        lines.push({ message: line.output.message, key, ...(eTag && { eTag }) });
    }
  }
  return lines;
}

/** The last folder of the prefix, which is this run's own. */
function runOf(prefix: string): string {
  return prefix.split('/').at(-2)!;
}

const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ message: v.string(), objectKey: v.string(), eTag: v.exactOptional(v.string()) }),
);
