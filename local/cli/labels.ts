/** bucketlens labels: prints the labels of an object in a bucket. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../functions/classify/printable.ts';
import {
  type Label,
  type ObjectLabels,
  readObjectLabels,
} from '../../functions/classify/write-back/read-labels.ts';
import { createCommand } from './command.ts';

const help = `
Examples:
  npx bucketlens labels s3://my-photos/holiday/cat.jpg
  npx bucketlens labels --json s3://my-photos/cat.jpg | jq -r '.labels[0].label'
  npx bucketlens labels --endpoint-url http://127.0.0.1:4601 s3://uploads/cat.jpg     of the playground

Exit code: 0 if the object has labels, 1 if not, or if it cannot be read, 2 on wrong usage.`;

export function labelsCommand(): Command {
  return createCommand('labels')
    .description("Prints an object's labels, from its metadata, its annotation or its tags.")
    .argument('<s3://BUCKET/KEY>', 'the object', parseObjectUrl)
    .option('--json', 'one JSON object instead of a table')
    .option('--metadata-prefix <PREFIX>', 'as the stack was deployed with', 'labels')
    .option('--endpoint-url <URL>', "another S3 than AWS's, the playground's for example", parseEndpointUrl)
    .addHelpText('after', help)
    .action(printLabels);
}

/** There is nothing to print; the message says why. */
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
  if (!Bucket || !Key) throw new InvalidArgumentError('It is s3://BUCKET/KEY.');
  return { url, Bucket, Key };
}

function parseEndpointUrl(url: string): string {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new InvalidArgumentError('It is http(s)://HOST.');
  return url;
}

async function printLabels({ url, Bucket, Key }: ObjectUrl, options: Options): Promise<void> {
  const { json, metadataPrefix, endpointUrl } = options;
  const object = { Bucket, Key };
  const labelled = await readObjectLabels(createClient(endpointUrl), object, metadataPrefix).catch(
    (error) => {
      const isNotFound = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
      throw isNotFound ? new NoLabels(`there is no object ${url}`) : error;
    },
  );
  if (!labelled) throw new NoLabels(`${url} has no labels: not in its metadata, its annotation or its tags`);
  console.log(json ? JSON.stringify({ object: url, ...labelled }) : table(url, labelled));
}

function createClient(endpointUrl: string | undefined): S3Client {
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

function table(url: string, { storedAs, model, labels, general }: ObjectLabels): string {
  const title = printable(`${url}  ${[model, `from its ${storedAs}`].filter(Boolean).join(', ')}`);
  if (labels.length === 0) return `${title}\n  no label reaches the least score`;
  return [
    title,
    ...labels.map(row),
    ...(general && general.label !== labels[0]!.label ? [`${row(general)} (in general)`] : []),
  ].join('\n');
}

function row({ label, score }: Label): string {
  return `${`${(score * 100).toFixed(1)} %`.padStart(9)}  ${printable(label)}`;
}
