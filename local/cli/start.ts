/** bucketlens start: the playground. Prints where it is, then a line for every prediction event, until Ctrl-C. */
import { type Command, InvalidArgumentError } from 'commander';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import { bucket, type Playground, startPlayground } from '../playground/playground.ts';
import { createCommand, modelOption } from './command.ts';
import { describeEvent, lineAt } from './event-line.ts';
import { onInterruption } from './interruption.ts';

const help = `
Examples:
  npx bucketlens start --port 8080 --data ./photos
  npx bucketlens start --json | jq '.detail.predictions[0]'

Exit code: 0 when it was ended by Ctrl-C, 1 if it could not start, 2 on wrong usage.`;

export function startCommand(): Command {
  return createCommand('start')
    .description('Drop photos into a local bucket, by page or AWS CLI, and see their labels arrive.')
    .option('--port <PORT>', "the page's port; the S3 endpoint has the next one; 0 for any", parsePort, 4600)
    .option('--data <DIR>', 'a folder that keeps the bucket (default: it is gone at the end)')
    .addOption(modelOption())
    .option('--verbose', "show the function's own log")
    .option('--json', 'prediction events as JSON objects, one a line')
    .addHelpText('after', help)
    .action(start);
}

interface Options {
  readonly port: number;
  readonly data?: string;
  readonly model: string;
  readonly verbose?: true;
  readonly json?: true;
}

function parsePort(value: string): number {
  const port = Number(value);
  // The S3 endpoint takes the one above.
  if (!/^\d{1,5}$/.test(value) || port > 65_534)
    throw new InvalidArgumentError('It is a number up to 65534.');
  return port;
}

async function start({ port, data, model, verbose, json }: Options): Promise<void> {
  const print = json ? (event: PredictionEvent) => console.log(JSON.stringify(event)) : printLine;
  const playground = await startPlayground({
    port,
    ...(data && { dataDir: data }),
    model,
    verbose: verbose ?? false,
    onPrediction: print,
    onFailure: (key, error) =>
      console.error(`${bucket}/${key}  failed, given up after three attempts: ${error.message}`),
  });
  // That is how it is meant to end.
  onInterruption(() => playground.close().then(() => process.exit(0)));
  // As JSON, stdout is for the events.
  (json ? console.error : console.log)(welcome(playground, model, data));
}

function printLine(event: PredictionEvent): void {
  console.log(lineAt(new Date(), describeEvent(event)));
}

function welcome({ pageUrl, s3Url }: Playground, model: string, data: string | undefined): string {
  return `Bucketlens playground with ${model}

  Page         ${pageUrl}
  S3 endpoint  ${s3Url}

  aws s3 cp cat.jpg s3://${bucket}/ --no-sign-request --endpoint-url ${s3Url}
  aws s3api head-object --bucket ${bucket} --key cat.jpg --no-sign-request --endpoint-url ${s3Url}

${data ? `The bucket is kept in ${data}.` : 'The bucket is gone at the end; --data DIR keeps it.'} Ctrl-C ends the playground.
`;
}
