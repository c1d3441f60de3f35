/** Measured processor time -> the tables of docs/cost.md. */
import { prices } from '../../layers/prices.ts';
import { costPerMillion, defaultUsage, durationMs, total, type Work } from './estimate.ts';
import {
  type Measurement,
  type ModelMeasurement,
  type PhotoMeasurement,
  referenceModel,
} from './measurement.ts';
import {
  architectures,
  defaultSetup,
  describeMemory,
  dollars,
  itemsTable,
  megapixels,
  memoryTable,
  settingsTable,
  table,
} from './tables.ts';

/** The line in docs/cost.md above the output of `describeCosts`. */
export const generatedBelow = '<!-- npm run -s cost prints the rest of this page. -->\n\n';

/** Time for a GET, a COPY and an event; an estimate. */
export const defaultNetworkMs = 120;

// "Typically occur in under 1% of invocations": https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase
const coldShare = 0.01;

/** All tables and their assumptions. */
export function describeCosts({ date, machine, models }: Measurement, networkMs: number): string {
  const workOf = (model: ModelMeasurement, photo: PhotoMeasurement, memoryMb: number): Work => {
    const cpuMs = (1 - coldShare) * photo.warmCpuMs + coldShare * photo.coldCpuMs;
    return { ...ownCopyOf(model, memoryMb), imageMs: durationMs(cpuMs, memoryMb, networkMs) };
  };
  const largest = models.map((model) => ({ model, photo: model.photos.at(-1)! }));
  const { model, photo } = largest.find((each) => each.model.name === referenceModel)!;
  const byDefault = workOf(model, photo, defaultSetup.memoryMb);
  return [
    `Prices: ${prices.region}, ${prices.date}, in US dollars, without free tiers and discounts.`,
    `CPU time: measured on ${date}, ${machine}, with one thread for the network.`,
    '',
    'Assumptions:',
    '',
    "- Lambda's processors, x86_64 and arm64, and its Node.js are as fast as on that machine: nobody has measured that yet. `npx bucketlens tune` does.",
    `- Each image waits ${networkMs} ms for S3 and EventBridge (\`--network-ms\`). Encryption of requests takes no time.`,
    `- One invocation in ${1 / coldShare} is a cold start. Lambda's own work before it starts Node.js is not included.`,
    ...models.flatMap((each) => [
      '',
      `## A million images with ${each.name}`,
      '',
      ...memoryTable(each, (photo, memoryMb) => workOf(each, photo, memoryMb)),
    ]),
    '',
    '## Parts',
    '',
    `For a million images of ${megapixels(photo)}, with ${defaultSetup.memoryMb} MB on ${defaultSetup.architecture}:`,
    '',
    ...itemsTable(
      largest.map((each) => ({
        name: each.model.name,
        cost: costPerMillion(
          defaultSetup,
          workOf(each.model, each.photo, defaultSetup.memoryMb),
          defaultUsage,
        ),
      })),
    ),
    '',
    '## Settings',
    '',
    `Differences for a million images of ${megapixels(photo)} with ${model.name}. Changes in waiting time are not included.`,
    '',
    ...settingsTable(byDefault),
    '',
    '## Memory size',
    '',
    describeMemory((memoryMb) => workOf(model, photo, memoryMb), `${megapixels(photo)} with ${model.name}`),
    '',
  ].join('\n');
}

/** The table for durations that a user has measured. @param durations Milliseconds of a classifying invocation, by memory size. */
export function describeOwnDurations(
  durations: ReadonlyMap<number, number>,
  { models: [model] }: Measurement,
): string {
  return table([
    ['memory', 'per image', ...architectures.map((name) => `a million, ${name}`)],
    ...[...durations].map(([memoryMb, imageMs]) => [
      `${memoryMb} MB`,
      `${imageMs} ms`,
      ...architectures.map((architecture) =>
        dollars(
          total(
            costPerMillion(
              { architecture, memoryMb },
              { ...ownCopyOf(model!, memoryMb), imageMs },
              defaultUsage,
            ),
          ),
        ),
      ),
    ]),
  ]).join('\n');
}

/** Lambda charges at least one millisecond. */
function ownCopyOf(
  { ownCopyCpuMs, imageLogBytes, ownCopyLogBytes }: ModelMeasurement,
  memoryMb: number,
): Omit<Work, 'imageMs'> {
  return {
    ownCopyMs: Math.max(1, durationMs(ownCopyCpuMs, memoryMb, 0)),
    imageLogBytes,
    ownCopyLogBytes,
  };
}
