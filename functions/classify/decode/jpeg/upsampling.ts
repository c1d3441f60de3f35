/** Upsamples a component to the pixels of a row: libjpeg-turbo's "fancy" upsampling, or plain repetition. */
import type { Address, KernelInstance } from '../shared/kernels.ts';
import { neighbourAt, sampleAt } from './syntax/sampling-plan.ts';
import type { Plane } from './transform/planes.ts';

/** Upsamples row `y` of the image and returns the address of its first pixel; only pixels `from` to `end` are written. */
export type Upsample = (y: number) => Address;

/**
 * In a direction with half the samples, a pixel is 3/4 of the sample it lies in and 1/4 of the nearest neighbour; ties round
 * up and down alternately.
 *
 * @param from a multiple of 16
 */
export function openUpsampling(
  { kernels, allocate }: KernelInstance,
  plane: Plane,
  from: number,
  end: number,
): Upsample {
  const { component, rowAt, blocksInLine } = plane;
  const { across, down } = component;
  if (across.ratio === 1 && !down.isSmooth) return (y) => rowAt(sampleAt(down, y));

  const pixels = allocate(8 * blocksInLine * across.ratio + lineMargin);
  const first = (from / across.ratio) & ~7;
  const last = Math.ceil(end / across.ratio);
  if (!across.isSmooth && !down.isSmooth) {
    return (y) => {
      kernels.repeatAcross(rowAt(sampleAt(down, y)), across.ratio, pixels, first, last);
      return pixels;
    };
  }

  const line = allocate(2 * 8 * blocksInLine + 2 * lineMargin) + lineMargin;
  if (!across.isSmooth) {
    return (y) => {
      kernels.mixRows(rowAt(sampleAt(down, y)), rowAt(neighbourAt(down, y)), 1 + (y & 1), line, first, last);
      kernels.quarter(line, pixels, first, last);
      return pixels;
    };
  }

  // With their neighbours.
  const firstInLine = Math.max(0, first - 8);
  const lastInLine = Math.min(last + 1, across.size);
  if (!down.isSmooth) {
    return (y) => {
      kernels.widen(rowAt(sampleAt(down, y)), line, firstInLine, lastInLine);
      kernels.doubleAcross(line, across.size, 1, 2, 2, pixels, first, last);
      return pixels;
    };
  }
  return (y) => {
    kernels.mixRows(rowAt(sampleAt(down, y)), rowAt(neighbourAt(down, y)), 0, line, firstInLine, lastInLine);
    kernels.doubleAcross(line, across.size, 8, 7, 4, pixels, first, last);
    return pixels;
  };
}

/** Kernels read and write whole vectors before and behind a line. */
export const lineMargin = 64;
