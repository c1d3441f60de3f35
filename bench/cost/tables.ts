/** The tables of docs/cost.md, for a million images. */
import { defaultMegabytes, megabytesPerProcessor } from '../../functions/classify/memory.ts';
import {
  type Cost,
  costPerMillion,
  defaultUsage,
  type Setup,
  total,
  type Usage,
  type Work,
} from './estimate.ts';
import type { ModelMeasurement, PhotoMeasurement } from './measurement.ts';

export const defaultSetup: Setup = { architecture: 'arm64', memoryMb: defaultMegabytes };
export const architectures = ['arm64', 'x86_64'] as const;

const memorySizesMb = [512, 1024, megabytesPerProcessor, defaultMegabytes, 3072];

/** Costs by memory size and architecture. */
export function memoryTable(
  { photos }: ModelMeasurement,
  workOf: (photo: PhotoMeasurement, memoryMb: number) => Work,
): string[] {
  return table([
    ['memory', ...photos.flatMap((photo) => [`${megapixels(photo)}`, ...architectures])],
    ...memorySizesMb.map((memoryMb) => [
      `${memoryMb} MB`,
      ...photos.flatMap((photo) => {
        const work = workOf(photo, memoryMb);
        const costs = architectures.map((architecture) =>
          costPerMillion({ architecture, memoryMb }, work, defaultUsage),
        );
        return [`${Math.round(work.imageMs)} ms`, ...costs.map((cost) => dollars(total(cost)))];
      }),
    ]),
  ]);
}

const items: readonly (readonly [keyof Cost, string])[] = [
  ['time', 'Lambda: duration'],
  ['invocations', 'Lambda: two invocations, for the upload and for the copy with its labels'],
  ['s3Gets', 'S3: GET'],
  ['s3Copies', 'S3: COPY'],
  ['events', 'EventBridge: the prediction event'],
  ['logs', 'CloudWatch: logs'],
];

export function itemsTable(columns: readonly { readonly name: string; readonly cost: Cost }[]): string[] {
  return table([
    ['', ...columns.map(({ name }) => name)],
    ...items.map(([item, text]) => [text, ...columns.map(({ cost }) => dollars(cost[item]))]),
    ['total', ...columns.map(({ cost }) => dollars(total(cost)))],
  ]);
}

const settings: readonly (readonly [string, Partial<Usage>])[] = [
  ['`copies=false`', { invocations: 1, ownCopies: 0 }],
  ['`writeBack=none`', { invocations: 1, ownCopies: 0, s3Copies: 0 }],
  ['images with tags', { s3Gets: 2 }],
  ['`trigger=sqs`, single messages', { sqsRequests: 6 }],
  ['`trigger=sqs`, in batches of ten', { sqsRequests: 2.4, invocations: 0.2 }],
  // S3's two events are opt-in data events, charged like custom events.
  ['`trigger=eventbridge`', { s3Gets: 2, events: 3 }],
];

/** Cost differences of settings from the default. */
export function settingsTable(work: Work): string[] {
  const costOf = (usage: Partial<Usage>) =>
    total(costPerMillion(defaultSetup, work, { ...defaultUsage, ...usage }));
  return table([
    ['', 'a million'],
    ...settings.map(([name, usage]) => [name, signed(costOf(usage) - costOf({}))]),
  ]);
}

/** Compares the default memory size with others. */
export function describeMemory(workOf: (memoryMb: number) => Work, subject: string): string {
  const { architecture, memoryMb: defaultMb } = defaultSetup;
  const costOf = (memoryMb: number) =>
    total(costPerMillion({ architecture, memoryMb }, workOf(memoryMb), defaultUsage));
  const describe = (memoryMb: number) =>
    `${dollars(costOf(memoryMb))} and ${Math.round(workOf(memoryMb).imageMs)} ms with ${memoryMb} MB`;
  const more = costOf(defaultMb) - costOf(megabytesPerProcessor);
  const percent = Math.round((100 * more) / costOf(megabytesPerProcessor));
  return [
    `One image keeps one processor busy, which a function has from ${megabytesPerProcessor} MB. More memory is not faster. Less is slower for the same CPU time, and saves only while the function waits for S3.`,
    `A million images of ${subject} on ${architecture}: ${[512, 1024, megabytesPerProcessor, defaultMb].map(describe).join('; ')}.`,
    `The default of ${defaultMb} MB costs ${dollars(more)} (${percent} %) more than ${megabytesPerProcessor} MB, which is as fast; it decodes larger images.`,
  ].join('\n');
}

export function megapixels(photo: PhotoMeasurement): string {
  return `${photo.megapixels} MP`;
}

export function dollars(value: number): string {
  return `$${value.toFixed(2)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${dollars(Math.abs(value))}`;
}

/** A Markdown table with figures aligned right. */
export function table([head, ...rows]: readonly (readonly string[])[]): string[] {
  return [head!, head!.map((_, column) => (column === 0 ? '---' : '--:')), ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
}
