/** bucketlens labels: prints the labels of an object in a bucket. */
import { GetObjectTaggingCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../functions/classify/image/printable.ts';
import {
  type Label,
  type ObjectLabels,
  readObjectLabels,
} from '../../functions/classify/write-back/read-labels.ts';
import { distinctGeneral, noLabelReachesMinScore, percent } from '../wording.ts';
import { explainMissingLabels } from './aws/missing-labels.ts';
import { createCommand } from './command.ts';

const help = `
Examples:
  npx bucketlens labels s3://my-photos/holiday/cat.jpg
  npx bucketlens labels --json s3://my-photos/cat.jpg | jq -r '.labels[0].label'
  npx bucketlens labels --endpoint-url http://127.0.0.1:4601 s3://uploads/cat.jpg     in the playground

An object without labels: says why, as far as the object shows it, and where to look next.

Exit code: 0 if the object has been labelled, even if no label reaches minScore; 1 if it has no labels or cannot be read; 2 on
wrong usage.`;

export function labelsCommand(): Command {
  return createCommand('labels')
    .description("Prints an object's labels, from its metadata, its annotation or its tags.")
    .argument('<s3://BUCKET/KEY>', 'the object', parseObjectUrl)
    .option('--json', 'one JSON object instead of a table')
    .option('--metadata-prefix <PREFIX>', "the stack's metadataPrefix", 'labels')
    .option(
      '--endpoint-url <URL>',
      "an S3 endpoint other than AWS, such as the playground's",
      parseEndpointUrl,
    )
    .addHelpText('after', help)
    .action(printLabels);
}

/** The object has no labels, or does not exist; the message says which. */
class NoLabels extends Error {
  override readonly name = 'NoLabels';
}

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

function parseObjectUrl(url: string): ObjectUrl {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? [];
  if (!Bucket || !Key) throw new InvalidArgumentError('Expected s3://BUCKET/KEY.');
  return { url, Bucket, Key };
}

function parseEndpointUrl(url: string): string {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new InvalidArgumentError('Expected http://HOST or https://HOST.');
  return url;
}

async function printLabels({ url, Bucket, Key }: ObjectUrl, options: Options): Promise<void> {
  const { json, metadataPrefix, endpointUrl } = options;
  const object = { Bucket, Key };
  const s3 = createClient(endpointUrl);
  const labelled = await readObjectLabels(s3, object, metadataPrefix).catch((error) => {
    if (endpointUrl && error.code === 'ECONNREFUSED') throw new NoLabels(nothingAnswers(endpointUrl));
    const isNotFound = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
    throw isNotFound
      ? new NoLabels(`there is no object ${url}, or no such bucket; keys are case-sensitive`)
      : error;
  });
  if (!labelled) throw new NoLabels(await explain(s3, { url, Bucket, Key }, options));
  if (json) console.log(JSON.stringify({ object: url, ...labelled }));
  else console.log(table(url, labelled, isThisMachine(endpointUrl)));
}

function nothingAnswers(endpointUrl: string): string {
  const hint = isThisMachine(endpointUrl)
    ? '; start the playground, and take the S3 endpoint that it prints: npx bucketlens start'
    : '';
  return `nothing answers at --endpoint-url ${endpointUrl} (ECONNREFUSED)${hint}`;
}

async function explain(
  s3: S3Client,
  { url, Bucket, Key }: ObjectUrl,
  { metadataPrefix, endpointUrl }: Options,
): Promise<string> {
  const [head, { TagSet = [] }] = await Promise.all([
    s3.send(new HeadObjectCommand({ Bucket, Key })),
    s3.send(new GetObjectTaggingCommand({ Bucket, Key })),
  ]);
  const isLocal = isThisMachine(endpointUrl);
  return [
    `${url} has no labels in its metadata, its annotation or its tags.`,
    ...explainMissingLabels({ bucket: Bucket, key: Key, head, tags: TagSet, metadataPrefix, isLocal }),
  ]
    .map(printable)
    .join('\n');
}

function createClient(endpointUrl: string | undefined): S3Client {
  if (!endpointUrl) return new S3Client({ followRegionRedirects: true });
  return new S3Client({
    endpoint: endpointUrl,
    forcePathStyle: true,
    region: 'us-east-1',
    // The playground accepts any credentials, and its user may have none.
    ...(isThisMachine(endpointUrl) && { credentials: { accessKeyId: 'ANYBODY', secretAccessKey: 'any' } }),
  });
}

function isThisMachine(endpointUrl: string | undefined): boolean {
  return endpointUrl !== undefined && /^(localhost|127\..*|\[::1\])$/.test(new URL(endpointUrl).hostname);
}

function table(url: string, { storedAs, model, labels, general }: ObjectLabels, isLocal: boolean): string {
  const title = printable(`${url}  ${[model, `from its ${storedAs}`].filter(Boolean).join(', ')}`);
  const hint = isLocal ? '' : '; to lower it: npx bucketlens deploy -c minScore=… and your other settings';
  if (labels.length === 0) return `${title}\n  ${noLabelReachesMinScore}${hint}`;
  const distinct = distinctGeneral(general, labels);
  return [title, ...labels.map(row), ...(distinct ? [`${row(distinct)} (in general)`] : [])].join('\n');
}

function row({ label, score }: Label): string {
  return `${percent(score).padStart(9)}  ${printable(label)}`;
}
