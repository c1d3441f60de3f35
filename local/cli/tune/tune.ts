/** bucketlens tune: measures images on Lambda by architecture and memory size, in throw-away stacks. */
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { type Command, InvalidArgumentError } from 'commander';
import { publishedWeights } from '../../../layers/model/catalogue.ts';
import { findModel, withAbsolutePath } from '../../../layers/model/layer.ts';
import { megabytes } from '../../../layers/size.ts';
import { createCommand, modelOption } from '../command.ts';
import { measureAll } from './measure-all.ts';
import type { Plan } from './measure-architecture.ts';
import { maxPhotos, readPhotos } from './photos.ts';
import {
  type Architecture,
  architectures,
  estimateDollars,
  imagesPerColdStart,
  type Setup,
} from './price.ts';
import { cheapest, describeTable, drawResults, fastest, withCost } from './results.ts';
import {
  assertNoStack,
  foreignSettings,
  ownSettings,
  removeStack,
  stackNameOf,
  type TuneClients,
} from './stack.ts';

const help = `
Deploys a stack for each architecture, one after the other, labels photos in it by direct invocations, cold and warm, reads what
Lambda reports of each, prints a table and removes the stack. It asks before it starts; no upload, bucket or rule of yours is touched.

Examples:
  npx bucketlens tune
  npx bucketlens tune --photos holiday/ --memory 1769,3072 --architecture arm64 --svg tune.svg
  npx bucketlens tune --model ./dogs -c writeBack=tags --yes --json
  npx bucketlens tune --remove

Exit code: 0 if it measured and removed everything, 1 if not, 2 on wrong usage.`;

export function tuneCommand(): Command {
  return createCommand('tune')
    .description(
      'Measure duration, memory and cost of an image on your AWS, by architecture and memory size.',
    )
    .option('--photos <FOLDER>', `your photos, at most ${maxPhotos} of them (default: the samples)`)
    .option('--memory <MB,...>', 'memory sizes', parseMemorySizes, [1024, 1769, 2048, 3072])
    .option('--architecture <NAME,...>', 'arm64, x86_64 or both', parseArchitectures, architectures)
    .addOption(modelOption())
    .option('-c, --context <NAME=VALUE>', 'another setting of `bucketlens deploy`; repeatable', collect, [])
    .option('--cold <N>', 'cold starts for each row', parseCount, 5)
    .option('--warm <N>', 'warm images for each row', parseCount, 30)
    .option('--svg <FILE.svg>', 'also draw a chart', parseSvg)
    .option('--yes', 'do not ask before spending money')
    .option('--remove', 'only remove what an earlier run has left behind')
    .option('--json', 'print one JSON object')
    .addHelpText('after', help)
    .action(tune);
}

interface Options {
  readonly photos?: string;
  readonly memory: readonly number[];
  readonly architecture: readonly Architecture[];
  readonly model: string;
  readonly context: readonly string[];
  readonly cold: number;
  readonly warm: number;
  readonly svg?: string;
  readonly yes?: true;
  readonly remove?: true;
  readonly json?: true;
}

async function tune(options: Options, command: Command): Promise<void> {
  const refused = [...ownSettings, ...foreignSettings, 'model'].find((name) =>
    options.context.some((setting) => setting.startsWith(`${name}=`)),
  );
  if (refused !== undefined)
    command.error(
      `error: the throw-away stack, which is deleted with all that is in it, takes no ${refused}; ${instead[refused] ?? 'leave it out'}`,
    );
  const clients: TuneClients = {
    cloudFormation: new CloudFormationClient(),
    eventBridge: new EventBridgeClient(),
    lambda: new LambdaClient(),
    s3: new S3Client(),
  };
  if (options.remove) return removeLeftovers(clients);
  const { architecture: chosen, memory: memorySizes, context, cold, warm, json, svg } = options;
  // `deploy` downloads and builds the others.
  if (!(options.model in publishedWeights)) findModel(options.model);
  const photos = await readPhotos(options.photos);
  const region = await clients.cloudFormation.config.region();
  for (const architecture of chosen) await assertNoStack(clients, architecture);

  const plan: Plan = {
    memorySizes,
    photos,
    repetitions: { cold, warm },
    settings: [...context, `model=${withAbsolutePath(options.model)}`],
  };
  const setups = chosen.flatMap((architecture) =>
    memorySizes.map((memoryMb) => ({ architecture, memoryMb })),
  );
  const { invocations, dollars } = estimateDollars(setups, plan.repetitions, photos.length);
  log(describePlan(plan, { setups, invocations, dollars, region }));
  if (!options.yes && !(await confirm(command))) return;

  const rows = await measureAll(clients, chosen, plan, { invocations, log });
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const measured = withCost(rows);
  const about = {
    date: new Date().toISOString().slice(0, 10),
    region,
    model: options.model,
    photos: photos.length,
  };
  if (svg !== undefined)
    await writeFile(svg, drawResults(rows, `${about.model} on Lambda in ${region}, ${about.date}`));
  if (json) {
    const best = { cheapest: cheapest(measured), fastest: fastest(measured) };
    console.log(
      JSON.stringify({
        ...about,
        ...(endpoint && { endpoint }),
        context,
        cold,
        warm,
        rows: measured,
        ...best,
      }),
    );
    return;
  }
  console.log(
    `${about.model}, ${photoCount(photos.length)}, ${region}, ${about.date}\n\n${describeTable(rows)}\n`,
  );
  console.log(
    `Medians of ${warm} warm images and ${cold} cold starts. A million: Lambda's list price, with one cold start in ${imagesPerColdStart} images.`,
  );
  if (endpoint) console.log(`AWS_ENDPOINT_URL is ${endpoint}: these times say nothing about AWS.`);
}

/** Options in place of settings. */
const instead: Readonly<Record<string, string>> = {
  architecture: 'use --architecture',
  memorySize: 'use --memory',
  model: 'use --model',
};

async function removeLeftovers(clients: TuneClients): Promise<void> {
  for (const architecture of architectures) {
    const wasThere = await removeStack(clients, architecture);
    log(`${stackNameOf(architecture)}: ${wasThere ? 'removed' : 'there was none'}`);
  }
}

function describePlan(
  { photos, repetitions: { cold, warm } }: Plan,
  about: {
    readonly setups: readonly Setup[];
    readonly invocations: number;
    readonly dollars: number;
    readonly region: string;
  },
): string {
  const { setups, invocations, dollars, region } = about;
  const names = [...new Set(setups.map(({ architecture }) => stackNameOf(architecture)))];
  const bytes = photos.reduce((sum, photo) => sum + photo.bytes.length, 0);
  return `Deploys ${names.join(', then ')} in ${region}, and removes it at the end.
Sends ${photoCount(photos.length)} (${megabytes(bytes)}): ${cold} cold starts and ${warm} warm images for each of ${setups.length} rows, ${invocations} invocations in all.
Costs at most about $${dollars.toFixed(2)}, and takes some minutes for each architecture.`;
}

function photoCount(photos: number): string {
  return photos === 1 ? '1 photo' : `${photos} photos`;
}

async function confirm(command: Command): Promise<boolean> {
  if (!process.stdin.isTTY)
    command.error('error: this spends money; to go on without being asked, add --yes');
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialogue.question('Go on? [y/N] ');
  dialogue.close();
  return /^y(es)?$/i.test(answer.trim());
}

function parseMemorySizes(value: string): number[] {
  const sizes = value.split(',').map(Number);
  if (sizes.some((size) => !Number.isInteger(size) || size < 512 || size > 10_240))
    throw new InvalidArgumentError('Expected whole numbers of MB from 512 to 10240, separated by commas.');
  return [...new Set(sizes)].sort((a, b) => a - b);
}

function parseArchitectures(value: string): Architecture[] {
  const names = value.split(',');
  const unknown = names.find((name) => !architectures.some((architecture) => architecture === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`Expected ${architectures.join(', ')} or both, separated by a comma.`);
  return architectures.filter((architecture) => names.includes(architecture));
}

/** Measuring takes minutes and money, so that the file is checked before. */
function parseSvg(path: string): string {
  if (!/\.svg$/i.test(path)) throw new InvalidArgumentError('Expected the name of an .svg file.');
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError(`There is no folder ${dirname(path)}.`);
  return path;
}

function parseCount(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('Expected a number from 1 to 9999.');
  return Number(value);
}

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

/** Prints on stderr: stdout carries the results only. */
function log(sentence: string): void {
  console.error(sentence);
}
