/**
 * Plans which blocks of each component the selected pixels need: the geometry of ITU-T T.81, clauses A.1.1 and A.2, and
 * libjpeg-turbo's choice of upsampling. The decoder skips all other blocks.
 */
import type { Selection } from '../../../image/image.ts';
import type { JpegHeader } from './header.ts';

/** The parts of a header that a plan depends on. */
type SampledFrame = Pick<JpegHeader, 'width' | 'height' | 'upsampling'> & {
  readonly components: readonly Pick<Component, 'h' | 'v'>[];
};

/** A component of the frame with its needed blocks. */
export interface Component {
  /** Blocks of 8x8 samples along the edges of an MCU. */
  readonly h: number;
  readonly v: number;
  /** Size in blocks, without those that only pad the last MCUs. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly across: Axis;
  readonly down: Axis;
}

/** A component along one edge of the image. */
export interface Axis {
  /** In samples. */
  readonly size: number;
  /** Image pixels per sample. */
  readonly ratio: number;
  /** A pixel mixes the sample that it lies in with the nearest neighbour; otherwise it repeats that sample. */
  readonly isSmooth: boolean;
  /**
   * For each block, padding included, a bit for each of its 8 samples along this edge, set if selected pixels need it. Padding is
   * needed with all others.
   */
  readonly needed: Uint8Array;
}

export interface Plan {
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly components: readonly Component[];
  /** For each selected row, the row of MCUs that completes its samples. */
  readonly readyAfter: Int32Array;
}

export function planSampling(frame: SampledFrame, wanted: Selection): Plan {
  const { width, height, upsampling } = frame;
  const maxH = Math.max(...frame.components.map(({ h }) => h));
  const maxV = Math.max(...frame.components.map(({ v }) => v));
  const mcusAcross = Math.ceil(width / (8 * maxH));
  const mcusDown = Math.ceil(height / (8 * maxV));
  const components = frame.components.map(({ h, v }): Component => {
    const across = { size: Math.ceil((width * h) / maxH), blocks: mcusAcross * h, ratio: maxH / h };
    const down = { size: Math.ceil((height * v) / maxV), blocks: mcusDown * v, ratio: maxV / v };
    const smooth = upsampling === 'plain' ? { across: false, down: false } : smoothing(across, down);
    return {
      h,
      v,
      blocksAcross: Math.ceil(across.size / 8),
      blocksDown: Math.ceil(down.size / 8),
      across: planAxis(wanted.columns, across, smooth.across),
      down: planAxis(wanted.rows, down, smooth.down),
    };
  });
  const readyAfter = wanted.rows.map((y) =>
    components.reduce((latest, { down, v }) => {
      const last = Math.max(sampleAt(down, y), neighbourAt(down, y));
      return Math.max(latest, Math.floor(last / (8 * v)));
    }, 0),
  );
  return { mcusAcross, mcusDown, components, readyAfter };
}

/** True if some blocks are not needed. */
export function isSampled({ components }: Plan): boolean {
  return components.some(({ across, down }) => across.needed.includes(0) || down.needed.includes(0));
}

/** True if a block holds a needed sample. */
export function isNeeded({ across, down }: Component, blockX: number, blockY: number): boolean {
  return across.needed[blockX] !== 0 && down.needed[blockY] !== 0;
}

/** The sample that a pixel lies in. */
export function sampleAt({ ratio }: Axis, pixel: number): number {
  return Math.floor(pixel / ratio);
}

/** The sample that is mixed with it: the neighbour nearest to the pixel, or the same at the edge and where nothing is mixed. */
export function neighbourAt({ ratio, size, isSmooth }: Axis, pixel: number): number {
  const sample = Math.floor(pixel / ratio);
  if (!isSmooth) return sample;
  return Math.max(0, Math.min(sample + (pixel % 2 === 0 ? -1 : 1), size - 1));
}

/** A component along one edge: samples, blocks including padding, and image pixels per sample. */
interface Edge {
  readonly size: number;
  readonly blocks: number;
  readonly ratio: number;
}

/**
 * libjpeg-turbo interpolates ("fancy upsampling") where a component has half the samples across, in both directions, or only
 * down; in the first two cases only if it is more than two samples wide. In all other cases samples are repeated.
 */
function smoothing(across: Edge, down: Edge): { across: boolean; down: boolean } {
  const isWide = across.size > 2;
  if (across.ratio === 2 && down.ratio <= 2 && isWide) return { across: true, down: down.ratio === 2 };
  return { across: false, down: across.ratio === 1 && down.ratio === 2 };
}

function planAxis(wanted: Int32Array, { size, blocks, ratio }: Edge, isSmooth: boolean): Axis {
  const axis = { size, ratio, isSmooth, needed: new Uint8Array(blocks) };
  const [first, last] = [wanted[0], wanted[wanted.length - 1]];
  if (last - first === wanted.length - 1) {
    // A run of pixels, as filters need them: V8 would compile the loop below for longer than the first image runs it.
    const [from, to] = [first, last].map((pixel) => [sampleAt(axis, pixel), neighbourAt(axis, pixel)]);
    needSamples(axis.needed, Math.min(...from), Math.max(...to));
  } else {
    for (const pixel of wanted) {
      for (const sample of [sampleAt(axis, pixel), neighbourAt(axis, pixel)]) {
        axis.needed[sample >> 3] |= 1 << (sample & 7);
      }
    }
  }
  // Then no block is skipped, and the lookup for skipping is not built.
  if (!axis.needed.subarray(0, Math.ceil(size / 8)).includes(0)) axis.needed.fill(255, Math.ceil(size / 8));
  return axis;
}

/** Sets the bits of samples `first` to `last`. */
function needSamples(needed: Uint8Array, first: number, last: number): void {
  needed.fill(255, first >> 3, (last >> 3) + 1);
  needed[first >> 3] &= 255 << (first & 7);
  needed[last >> 3] &= 255 >> (7 - (last & 7));
}
