/** Measured processor time -> the tables of docs/cost.md. */
import { prices } from '../../cdk/constructs/monitoring/prices.ts';
import { costPerMillion, defaultUsage, durationMs, total, type Work } from './estimate.ts';
import type { Measurement, ModelMeasurement, PhotoMeasurement } from './measurement.ts';
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

/** Stands in docs/cost.md above what `describeCosts` gives. */
export const generatedBelow = '<!-- What follows is what npm run -s cost prints. -->\n\n';

/** A GET, a COPY and an event; a guess. */
export const defaultNetworkMs = 120;

// "Typically occur in under 1% of invocations": https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase
const coldShare = 0.01;

/** All tables, and what they assume. */
export function describeCosts({ date, machine, models }: Measurement, networkMs: number): string {
  const workOf = (model: ModelMeasurement, photo: PhotoMeasurement, memoryMb: number): Work => {
    const cpuMs = (1 - coldShare) * photo.warmCpuMs + coldShare * photo.coldCpuMs;
    return { ...ownCopyOf(model, memoryMb), imageMs: durationMs(cpuMs, memoryMb, networkMs) };
  };
  const largest = models.map((model) => ({ model, photo: model.photos.at(-1)! }));
  const { model, photo } = largest.at(-1)!;
  const byDefault = workOf(model, photo, defaultSetup.memoryMb);
  return [
    `Prices: ${prices.region}, ${prices.date}, in US dollars, without free tiers and discounts.`,
    `Processor time: measured on ${date}, ${machine}, with one thread for the network.`,
    '',
    'Assumed and not measured:',
    '',
    "- Lambda's processors, x86_64 and arm64, are as fast as that machine's, and its Node.js too.",
    `- ${networkMs} ms of an image pass in waiting for S3 and EventBridge (\`--network-ms\`); encrypting what is sent takes nothing.`,
    `- One invocation in ${1 / coldShare} is a cold start. What Lambda itself does before it starts Node.js is left out.`,
    ...models.flatMap((each) => [
      '',
      `## A million images with ${each.name}`,
      '',
      ...memoryTable(each, (photo, memoryMb) => workOf(each, photo, memoryMb)),
    ]),
    '',
    `## What that consists of`,
    '',
    `A million images of ${megapixels(photo)}, with ${defaultSetup.memoryMb} MB on ${defaultSetup.architecture}:`,
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
    '## What settings change',
    '',
    `For a million images of ${megapixels(photo)} with ${model.name}, more or less than that; that it waits longer or less is left out:`,
    '',
    ...settingsTable(byDefault),
    '',
    '## How much memory',
    '',
    describeMemory((memoryMb) => workOf(model, photo, memoryMb), `${megapixels(photo)} with ${model.name}`),
    '',
  ].join('\n');
}

/** For durations that a user has measured: what an invocation that classifies takes, in milliseconds, by memory size. */
export function describeOwnDurations(
  durations: ReadonlyMap<number, number>,
  { models: [model] }: Measurement,
): string {
  return table([
    ['memory', 'an image takes', ...architectures.map((name) => `a million, ${name}`)],
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

/** Nothing is charged for less than a millisecond. */
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
