/** npm run -s labels: prints the labels of an object in a bucket. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { InvalidArgumentError } from 'commander';
import { describeAwsFailure } from './aws-failure.ts';
import { createCommand } from './command.ts';
import { type Label, type ObjectLabels, readObjectLabels } from './object-labels.ts';

const examples = `
Examples:
  npm run -s labels -- s3://my-photos/holiday/cat.jpg
  npm run -s labels -- --json s3://my-photos/cat.jpg | jq -r '.labels[0].label'
  npm run -s labels -- --endpoint-url http://127.0.0.1:4601 s3://uploads/cat.jpg     of the playground

Exit code: 0 if the object has labels, 1 if not, or if it cannot be read, 2 on wrong usage.`;

interface ObjectUrl {
  readonly url: string;
  readonly Bucket: string;
  readonly Key: string;
}

interface Options {
  readonly json?: true;
  readonly metadataPrefix: string;
  readonly endpointUrl?: string;
}

const parseObjectUrl = (url: string): ObjectUrl => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? [];
  if (!Bucket || !Key) throw new InvalidArgumentError('It is s3://BUCKET/KEY.');
  return { url, Bucket, Key };
};

const parseEndpointUrl = (url: string): string => {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new InvalidArgumentError('It is http(s)://HOST.');
  return url;
};

const program = createCommand('npm run -s labels --')
  .description("Prints an object's labels, from its metadata, its annotation or its tags.")
  .argument('<s3://BUCKET/KEY>', 'the object', parseObjectUrl)
  .option('--json', 'one JSON object instead of a table')
  .option('--metadata-prefix <PREFIX>', 'as the stack was deployed with', 'labels')
  .option('--endpoint-url <URL>', "another S3 than AWS's, the playground's for example", parseEndpointUrl)
  .addHelpText('after', examples)
  .parse();
const { url, Bucket, Key } = program.processedArgs[0] as ObjectUrl;
const { json, metadataPrefix, endpointUrl } = program.opts<Options>();

try {
  const labelled = await readObjectLabels(createClient(), { Bucket, Key }, metadataPrefix);
  if (!labelled) fail(`${url} has no labels: not in its metadata, its annotation or its tags`);
  else console.log(json ? JSON.stringify({ object: url, ...labelled }) : table(labelled));
} catch (error) {
  const isNotFound = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
  fail(isNotFound ? `there is no object ${url}` : describeAwsFailure(error));
}

function createClient(): S3Client {
  if (!endpointUrl) return new S3Client({ followRegionRedirects: true });
  const isThisMachine = /^(localhost|127\..*|\[::1\])$/.test(new URL(endpointUrl).hostname);
  return new S3Client({
    endpoint: endpointUrl,
    forcePathStyle: true,
    region: 'us-east-1',
    // The playground takes anybody's, and its user may have none.
    ...(isThisMachine && { credentials: { accessKeyId: 'ANYBODY', secretAccessKey: 'any' } }),
  });
}

function fail(sentence: string): void {
  console.error(`error: ${sentence}`);
  process.exitCode = 1;
}

function table({ storedAs, model, labels, general }: ObjectLabels): string {
  const title = `${url}  ${[model, `from its ${storedAs}`].filter(Boolean).join(', ')}`;
  if (labels.length === 0) return `${title}\n  no label reaches the least score`;
  return [
    title,
    ...labels.map(row),
    ...(general && general.label !== labels[0]!.label ? [`${row(general)} (in general)`] : []),
  ].join('\n');
}

function row({ label, score }: Label): string {
  return `${`${(score * 100).toFixed(1)} %`.padStart(9)}  ${label}`;
}
