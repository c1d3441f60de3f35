/** bucketlens start: runs the playground. Prints its URLs, then a line for every prediction event, until Ctrl-C. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../functions/classify/image/printable.ts';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import { findHeicDecoder, type HeicDecoder, heicNotice } from '../../functions/heic-decoder.ts';
import { bucket, type Playground, startPlayground } from '../playground/playground.ts';
import { addHeicOption, createCommand, labelRulesOption, modelOption } from './command.ts';
import { describeEvent, lineAt } from './event-line.ts';
import { readRulesOption } from './images/open-classifier.ts';
import { onInterruption } from './interruption.ts';
import { ensureFolder } from './output/folder.ts';

const help = `
Examples:
  npx bucketlens start --port 8080 --data ./playground
  npx bucketlens start --json | jq '.detail.predictions[0]'

Ctrl-C stops it. Photos that are still waiting are finished first; with --data they are labelled at the next start.

Exit code: 0 when it is stopped, 1 if it could not start, 2 on wrong usage.`;

export function startCommand(): Command {
  const command = createCommand('start')
    .description(
      'Run the playground: upload photos to a local bucket, by page or AWS CLI, and see their labels.',
    )
    .option(
      '--port <PORT>',
      "the page's port; the S3 endpoint takes the next one; 0 for any free ports",
      parsePort,
      4600,
    )
    .option('--data <DIR>', 'folder that keeps the bucket (default: the bucket is removed at the end)')
    .addOption(modelOption())
    .addOption(labelRulesOption());
  return addHeicOption(command)
    .option('--verbose', "print the function's log")
    .option('--json', 'print prediction events as JSON objects, one per line')
    .addHelpText('after', help)
    .action(start);
}

interface Options {
  readonly port: number;
  readonly data?: string;
  readonly model: string;
  readonly heic?: true;
  readonly verbose?: true;
  readonly json?: true;
}

function parsePort(value: string): number {
  const port = Number(value);
  // The S3 endpoint takes the next one.
  if (!/^\d{1,5}$/.test(value) || port > 65_534)
    throw new InvalidArgumentError('Expected a number up to 65534.');
  return port;
}

async function start({ port, data, model, heic, verbose, json }: Options, command: Command): Promise<void> {
  const labelRules = readRulesOption(command);
  const print = json ? (event: PredictionEvent) => console.log(JSON.stringify(event)) : printLine;
  const decoder = heic && findHeicDecoder();
  if (data) ensureFolder(join(data, 'buckets'), `--data ${data}`);
  const playground = await startPlayground({
    port,
    ...(data && { dataDir: data }),
    model,
    ...(labelRules && { labelRules }),
    verbose: verbose ?? false,
    heic: decoder,
    onPrediction: print,
    onFailure: (key, error) =>
      console.error(printable(`${bucket}/${key}  failed three times: ${error.message}`)),
  });
  onInterruption(async ({ signal, repeated }) => {
    // The bucket is removed even if its photos are labelled: only whoever waits for their lines wants them finished.
    if (signal === 'SIGINT' && !data && playground.countWaiting() > 0) {
      console.error(`${photos(playground.countWaiting(), 'is', 'are')} waiting: ${finishing}`);
      await playground.finish(repeated);
    }
    const waiting = playground.countWaiting();
    if (waiting > 0) console.error(describeWaiting(waiting, data));
    await playground.close();
    // An interruption is the normal way to end.
    process.exit(0);
  });
  for (const name of playground.modelsWithoutRules) {
    console.error(`${name} keeps its own labels: the rules of ${labelRules?.path} do not fit them`);
  }
  // With --json, stdout carries events only.
  (json ? console.error : console.log)(welcome(playground, { model, data, decoder }));
}

const finishing = 'finishing before the bucket is removed. Press Ctrl-C again to stop at once.';

/** @param data The folder that keeps the bucket, if any. */
function describeWaiting(waiting: number, data: string | undefined): string {
  const still = `${photos(waiting, 'was', 'were')} still waiting`;
  return data
    ? `${still}: the next start with --data ${data} labels the rest`
    : `${still}, and removed with the bucket; --data DIR keeps both`;
}

function photos(count: number, one: string, several: string): string {
  return count === 1 ? `1 photo ${one}` : `${count} photos ${several}`;
}

function printLine(event: PredictionEvent): void {
  console.log(lineAt(new Date(), describeEvent(event)));
}

interface Settings {
  readonly model: string;
  readonly data: string | undefined;
  readonly decoder: HeicDecoder | undefined;
}

function welcome({ pageUrl, s3Url }: Playground, { model, data, decoder }: Settings): string {
  return `Bucketlens playground with ${model}

  Page         ${pageUrl}
  S3 endpoint  ${s3Url}

  aws s3 cp cat.jpg s3://${bucket}/ --no-sign-request --endpoint-url ${s3Url}
  aws s3api head-object --bucket ${bucket} --key cat.jpg --no-sign-request --endpoint-url ${s3Url}

${decoder ? `${heicNotice(decoder)}.\n\n` : ''}${data ? `The bucket is kept in ${data}.` : 'The bucket is removed at the end; keep it with --data DIR.'} Press Ctrl-C to stop.
`;
}
