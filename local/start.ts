/** npm start: the playground. Prints where it is, then a line for every prediction event, until Ctrl-C. */
import { InvalidArgumentError } from 'commander';
import type { PredictionEvent } from '../functions/classify/publish.ts';
import { createCommand, modelOption } from './command.ts';
import { bucket, startPlayground } from './playground.ts';

interface Options {
  readonly port: number;
  readonly data?: string;
  readonly model: string;
  readonly verbose: boolean;
}

const parsePort = (value: string): number => {
  const port = Number(value);
  // The S3 endpoint takes the one above.
  if (!/^\d{1,5}$/.test(value) || port > 65_534)
    throw new InvalidArgumentError('It is a number up to 65534.');
  return port;
};

const program = createCommand('npm start --')
  .description('Drop photos into a local bucket, by page or AWS CLI, and see their labels arrive.')
  .option('--port <PORT>', "the page's port; the S3 endpoint has the next one; 0 for any", parsePort, 4600)
  .option('--data <DIR>', 'a folder that keeps the bucket (default: it is gone at the end)')
  .addOption(modelOption())
  .option('--verbose', "show the function's own log", false)
  .addHelpText('after', '\nExample:\n  npm start -- --port 8080 --data ./photos')
  .parse();
const { port, data, model, verbose } = program.opts<Options>();

const playground = await startPlayground({
  port,
  ...(data && { dataDir: data }),
  model,
  verbose,
  onPrediction: (event) => log(describe(event)),
  onFailure: (key, error) => log(`${bucket}/${key}  failed, given up after three attempts: ${error.message}`),
}).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});

console.log(`Bucketlens playground with ${model}

  Page         ${playground.pageUrl}
  S3 endpoint  ${playground.s3Url}

  aws s3 cp cat.jpg s3://${bucket}/ --no-sign-request --endpoint-url ${playground.s3Url}
  aws s3api head-object --bucket ${bucket} --key cat.jpg --no-sign-request --endpoint-url ${playground.s3Url}

${data ? `The bucket is kept in ${data}.` : 'The bucket is gone at the end; --data DIR keeps it.'} Ctrl-C ends the playground.
`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    await playground.close();
    process.exit();
  });
}

function log(line: string): void {
  console.log(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
}

function describe({ detailType, detail }: PredictionEvent): string {
  const object = `${detail.bucket}/${detail.key}`;
  if (detailType === 'Image Skipped') return `${object}  skipped, as its owner wants`;
  if (detailType === 'Image Rejected') {
    return `${object}  rejected, ${detail.error.name}: ${detail.error.message}`;
  }
  const { predictions, general } = detail;
  const isNews = general !== undefined && general.id !== predictions[0]?.id;
  const labels = [
    ...predictions.slice(0, 3),
    ...(isNews ? [{ ...general, label: `in general ${general.label}` }] : []),
  ];
  const texts = labels.map(({ label, score }) => `${label} ${(score * 100).toFixed(1)} %`);
  return `${object}  ${texts.join(', ') || 'no label reaches the least score'}`;
}
