/** Upsamples a row of all components and converts it to RGB. */
import type { Address, KernelInstance } from '../shared/kernels.ts';
import { paintRowOf } from './colours.ts';
import type { ColourSpace } from './syntax/colour-space.ts';
import { type Component, neighbourAt, sampleAt } from './syntax/sampling-plan.ts';
import type { Plane } from './transform/planes.ts';
import { lineMargin, openUpsampling } from './upsampling.ts';

/** The pixels of a row that kernels compute. */
export interface Span {
  /** A multiple of 16. */
  readonly from: number;
  readonly end: number;
}

/** Writes the span of row `y` of the image, in whole groups of 16, into planes of red, green and blue that are `planeBytes` apart. */
export type Paint = (y: number, planes: Address, planeBytes: number) => void;

export function openPainting(
  instance: KernelInstance,
  planes: readonly Plane[],
  colourSpace: ColourSpace,
  { from, end }: Span,
): Paint {
  if (colourSpace === 'YCbCr' && hasHalfChroma(planes))
    return paintHalfYcbcr(instance, planes, { from, end });
  const upsamplers = planes.map((plane) => openUpsampling(instance, plane, from, end));
  const paintRow = paintRowOf(instance, colourSpace);
  return (y, target, planeBytes) =>
    paintRow(
      upsamplers.map((upsample) => upsample(y)),
      target,
      planeBytes,
      from,
      end,
    );
}

/** True if both chroma components, and only they, are interpolated across; nearly all photos are like that. */
function hasHalfChroma(planes: readonly Plane[]): boolean {
  const [luma, cb, cr] = planes.map(({ component }) => component);
  return isFull(luma) && cb.across.isSmooth && cr.across.isSmooth && cb.down.isSmooth === cr.down.isSmooth;
}

function isFull({ across, down }: Component): boolean {
  return across.ratio === 1 && down.ratio === 1;
}

/** Upsamples and converts at once, which takes two thirds of the time. */
function paintHalfYcbcr(
  { kernels, allocate }: KernelInstance,
  [luma, cb, cr]: readonly Plane[],
  { from, end }: Span,
): Paint {
  const { across, down } = cb.component;
  // Without interpolation down, the near row is its own neighbour, and both roundings count four times.
  const [even, odd] = down.isSmooth ? [8, 7] : [4, 8];
  const lineBytes = 2 * 8 * cb.blocksInLine + 2 * lineMargin;
  const lines = allocate(2 * lineBytes) + lineMargin;
  return (y, target, planeBytes) => {
    const near = sampleAt(down, y);
    const next = neighbourAt(down, y);
    kernels.paintHalfYcbcr(
      luma.rowAt(y),
      cb.rowAt(near),
      cb.rowAt(next),
      cr.rowAt(near),
      cr.rowAt(next),
      across.size,
      even,
      odd,
      lines,
      lineBytes,
      target,
      planeBytes,
      from,
      end,
    );
  };
}
