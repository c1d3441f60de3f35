/**
 * Pillow 13's `Image.resize` for RGB images with its filters, bit for bit and row by row: the two fixed-point passes of
 * Resample.c. Rows stay in the kernels' memory from one pass to the next.
 */
import { type Address, type KernelInstance, startKernels } from '../decode/shared/kernels.ts';
import type { TakeRow } from '../image/image.ts';
import { appendTo, type Resampler } from './axis.ts';
import type { Size } from './frame.ts';
import { packedView } from './pixel-view.ts';
import { type FilterName, mirroredTaps, planTaps, type Taps } from './taps.ts';

/** `resize((count, …), resample, box)`. As in Pillow, filters read beyond the box, up to the image's edge. */
export function filterResampler(name: FilterName): Resampler<Taps> {
  const instance = startKernels();
  return {
    planAxis: (span, outputs) => planTaps(instance, name, span, outputs),
    mirrored: mirroredTaps,
    emptyView: (width, height) => packedView(new Uint8Array(3 * width * height), width, height),
    open: (columns, rows, startsDown, target) => {
      const pixels = columns.read.length;
      const last = toView(instance, target.width, appendTo(target));
      const first = startsDown
        ? mixDown(instance, rows, pixels, mixAcross(instance, columns, last))
        : mixAcross(instance, columns, mixDown(instance, rows, target.width, last));
      return (rgb) => {
        instance.bytesAt(first.nextRow(), rgb.length).set(rgb);
        first.take();
      };
    },
  };
}

/** True if Pillow's first pass mixes rows, as it does for tall images since version 13. */
export function startsWithRows(image: Size, target: Size): boolean {
  return image.height > target.height && image.height - target.height > 2 * (image.width - target.width);
}

/** Takes rows of RGB triples: write one to `nextRow()`, then call `take`. */
interface Pass {
  readonly nextRow: () => Address;
  readonly take: () => void;
}

function toView({ allocate, bytesAt }: KernelInstance, pixels: number, append: TakeRow): Pass {
  const row = allocate(rowBytes(pixels));
  return { nextRow: () => row, take: () => append(bytesAt(row, 3 * pixels)) };
}

function mixAcross(
  instance: KernelInstance,
  { read, starts, counts, weights, most }: Taps,
  next: Pass,
): Pass {
  const { kernels, allocate } = instance;
  const row = allocate(rowBytes(read.length));
  const outputs = starts.length;
  // The last group of 8 taps may reach beyond the last pixel, and colours are split 16 pixels at once.
  const planeBytes = rowBytes(read.length) / 3 + 16;
  const planes = allocate(3 * planeBytes);
  const startsAt = store(instance, starts);
  const countsAt = store(instance, counts);
  const split = allocate(kernels.splitBytes(outputs, most));
  kernels.splitWeights(countsAt, outputs, store(instance, weights), most, split);
  return {
    nextRow: () => row,
    take: () => {
      const target = next.nextRow();
      kernels.mixAcross(row, read.length, planes, planeBytes, startsAt, countsAt, outputs, split, target);
      next.take();
    },
  };
}

/** Holds as many rows as one output mixes, and passes each output on as soon as its last row has arrived. */
function mixDown(
  instance: KernelInstance,
  { starts, counts, weights, most }: Taps,
  pixels: number,
  next: Pass,
): Pass {
  const { kernels, allocate } = instance;
  const bytes = rowBytes(pixels);
  const ring = allocate(most * bytes);
  const scratch = allocate(16 * Math.ceil(most / 2));
  const weightsAt = store(instance, weights);
  let taken = 0;
  let done = 0;
  return {
    nextRow: () => ring + (taken % most) * bytes,
    take: () => {
      taken++;
      for (; done < starts.length && starts[done] + counts[done] <= taken; done++) {
        const firstSlot = starts[done] % most;
        const row = weightsAt + 4 * most * done;
        kernels.mixDown(ring, bytes, most, firstSlot, row, counts[done], bytes, scratch, next.nextRow());
        next.take();
      }
    },
  };
}

function store({ allocate, wordsAt }: KernelInstance, words: Int32Array): Address {
  const at = allocate(words.byteLength);
  wordsAt(at, words.length).set(words);
  return at;
}

/** Kernels read and write rows in groups of 16 pixels. */
function rowBytes(pixels: number): number {
  return 48 * Math.ceil(pixels / 16);
}
