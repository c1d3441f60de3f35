/** Decodes a file with the function's code and judges the result: verdict, resource use and faults. */
import { createHash } from 'node:crypto';
import { decode } from '../../../functions/classify/decode/decode.ts';
import { identify } from '../../../functions/classify/decode/signature.ts';
import type { DecodedImage } from '../../../functions/classify/image/image.ts';
import type { DecodeLimits } from '../../../functions/classify/image/limits.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { ImageRejection } from '../../../functions/classify/image/rejections.ts';
import { type Preprocessing, preprocess } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { startMeasuring } from './memory.ts';

export interface Verdict {
  /** The format by content; '' if unknown. */
  readonly format: string;
  readonly rejection?: { readonly name: string; readonly message: string };
  /** Size and SHA-256 of the RGB pixels of an accepted image. */
  readonly pixels?: string;
  /** CPU time of the slower of two ways to read it for a network. */
  readonly cpuMs: number;
  /** Peak growth of the process in one step. */
  readonly grownMegabytes: number;
  /** Broken promises. */
  readonly faults: readonly string[];
}

/** Decoding may take 512 MB and any time; the time is measured. */
export const limits: DecodeLimits = { ...defaultLimits, memoryMegabytes: 512 };

/** Never throws. */
export async function judge(bytes: Uint8Array): Promise<Verdict> {
  const whole = await enter('decode', async () => {
    const image = await decode(bytes, limits);
    return { pixels: digestOf(image), tensors: preprocessings.map((how) => preprocess([image], input, how)) };
  });
  const faults = faultsOf(whole);
  let { grownMegabytes } = whole;
  let cpuMs = 0;
  for (const [i, how] of preprocessings.entries()) {
    const room = await enter(how.interpolation, async () =>
      (await readImage(bytes, limits, { input, preprocess: how })).toTensor(),
    );
    cpuMs = Math.max(cpuMs, room.cpuMs);
    grownMegabytes = Math.max(grownMegabytes, room.grownMegabytes);
    faults.push(...faultsOf(room), ...disagreement(whole, room));
    if (whole.result && room.result && !equal(room.result.data, whole.result.tensors[i].data)) {
      faults.push(`${how.interpolation}: other pixels by row than of the whole image`);
    }
  }
  return {
    format: formatOf(bytes),
    ...(whole.error instanceof ImageRejection && {
      rejection: { name: whole.error.name, message: whole.error.message },
    }),
    ...(whole.result && { pixels: whole.result.pixels }),
    cpuMs,
    grownMegabytes,
    faults,
  };
}

const input = { layout: 'NHWC', width: 96, height: 96 } as const;
const how = { mode: 'torch', policy: 'stretch', orientation: 'exif' } as const;
const preprocessings: readonly Preprocessing[] = [
  { ...how, interpolation: 'nearest' },
  { ...how, interpolation: 'bicubic' },
];

interface Room<T> {
  readonly name: string;
  readonly result?: T;
  readonly error?: unknown;
  readonly cpuMs: number;
  readonly grownMegabytes: number;
}

async function enter<T>(name: string, work: () => Promise<T>): Promise<Room<T>> {
  const grownBy = startMeasuring();
  const before = process.cpuUsage();
  const outcome = await work().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  const { user, system } = process.cpuUsage(before);
  return { name, ...outcome, cpuMs: (user + system) / 1000, grownMegabytes: grownBy() };
}

const names = ['UnsupportedFormat', 'CorruptImage', 'ImageTooLarge', 'EmptyObject'];

function faultsOf({ name, error }: Room<unknown>): string[] {
  if (error === undefined) return [];
  if (!(error instanceof ImageRejection)) return [`${name} failed with ${String(error)}`];
  const isSentence =
    /^[^\p{Cc}]{12,400}$/u.test(error.message) && !/undefined|NaN|\[object/.test(error.message);
  return [
    ...(names.includes(error.name) ? [] : [`${name} rejected it with ${error.name}`]),
    ...(isSentence ? [] : [`${name} rejected it without a sentence: ${JSON.stringify(error.message)}`]),
  ];
}

/** Ways of reading may differ in memory use, and so in ImageTooLarge, but in nothing else. */
function disagreement(whole: Room<unknown>, room: Room<unknown>): string[] {
  const [one, other] = [whole, room].map(({ error }) =>
    error instanceof Error ? error.message : 'accepted',
  );
  const isOfMemory = [one, other].some((answer) => answer.includes('raise memorySize'));
  return one === other || isOfMemory ? [] : [`decode: ${one}; ${room.name}: ${other}`];
}

function equal(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function formatOf(bytes: Uint8Array): string {
  try {
    return identify(bytes).name;
  } catch {
    return '';
  }
}

/** Hashes a few pixels at a time, so that hashing does not add to the measured memory. */
function digestOf({ width, height, data }: DecodedImage): string {
  const hash = createHash('sha256');
  const rgb = Buffer.alloc(3 * 65_536);
  for (let from = 0; from < data.length; ) {
    let to = 0;
    for (; to < rgb.length && from < data.length; from += 4) {
      rgb[to++] = data[from];
      rgb[to++] = data[from + 1];
      rgb[to++] = data[from + 2];
    }
    hash.update(rgb.subarray(0, to));
  }
  return `${width}x${height} ${hash.digest('hex')}`;
}
