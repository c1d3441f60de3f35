/**
 * Pillow 13's `Image.resize` for RGB images with its filters, bit for bit and row by row: the two fixed-point passes of
 * Resample.c. Rows stay in the kernels' memory from one pass to the next.
 */
import { type Address, type KernelInstance, startKernels } from '../decode/shared/kernels.ts';
import { planeLayout } from '../decode/shared/plane-rows.ts';
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
      const { planeBytes, firstPlane, rowBytes } = planeLayout(pixels);
      const last = toView(instance, target.width, appendTo(target));
      const first = startsDown
        ? mixDown(instance, rows, rowBytes, mixAcross(instance, columns, last))
        : mixAcross(instance, columns, mixDown(instance, rows, tripleBytes(target.width), last));
      const triples = instance.allocate(tripleBytes(pixels));
      const nextRow = () => first.nextRow() + firstPlane;
      return {
        planes: { instance, planeBytes, nextRow, take: first.take },
        takeRow: (rgb) => {
          instance.bytesAt(triples, rgb.length).set(rgb);
          instance.kernels.splitTriples(triples, pixels, nextRow(), planeBytes);
          first.take();
        },
      };
    },
  };
}

/** True if Pillow's first pass mixes rows, as it does for tall images since version 13. */
export function startsWithRows(image: Size, target: Size): boolean {
  return image.height > target.height && image.height - target.height > 2 * (image.width - target.width);
}

/** Takes rows, of planes if it is the first pass, else of triples: write one to `nextRow()`, then call `take`. */
interface Pass {
  readonly nextRow: () => Address;
  readonly take: () => void;
}

function toView({ allocate, bytesAt }: KernelInstance, pixels: number, append: TakeRow): Pass {
  const row = allocate(tripleBytes(pixels));
  return { nextRow: () => row, take: () => append(bytesAt(row, 3 * pixels)) };
}

function mixAcross(
  instance: KernelInstance,
  { read, starts, counts, weights, most }: Taps,
  next: Pass,
): Pass {
  const { kernels, allocate } = instance;
  const { planeBytes, firstPlane, rowBytes } = planeLayout(read.length);
  const row = allocate(rowBytes);
  const outputs = starts.length;
  const startsAt = store(instance, starts);
  const countsAt = store(instance, counts);
  const split = allocate(kernels.splitBytes(outputs, most));
  kernels.splitWeights(countsAt, outputs, store(instance, weights), most, split);
  return {
    nextRow: () => row,
    take: () => {
      const target = next.nextRow();
      kernels.mixAcross(row + firstPlane, planeBytes, startsAt, countsAt, outputs, split, target);
      next.take();
    },
  };
}

/** Holds as many rows as one output mixes, and passes each output on as soon as its last row has arrived. */
function mixDown(
  instance: KernelInstance,
  { starts, counts, weights, most }: Taps,
  bytes: number,
  next: Pass,
): Pass {
  const { kernels, allocate } = instance;
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
function tripleBytes(pixels: number): number {
  return 48 * Math.ceil(pixels / 16);
}
