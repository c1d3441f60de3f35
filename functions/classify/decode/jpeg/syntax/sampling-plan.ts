/**
 * Plans which samples of each component the selected pixels need: the geometry of ITU-T T.81, clauses A.1.1 and A.2, and
 * libjpeg-turbo's choice of upsampling. The decoder skips all other samples.
 */
import type { Selection } from '../../../image/image.ts';
import type { JpegHeader } from './header.ts';

/** A component of the frame with its needed samples. */
export interface Component {
  /** Blocks of 8x8 samples along the edges of an MCU. */
  readonly h: number;
  readonly v: number;
  /** Size in blocks, without those that only pad the last MCUs. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly columns: Axis;
  readonly rows: Axis;
  /**
   * The needed columns of the needed rows, for two rows of MCUs, since interpolation needs the samples next to an MCU.
   * Samples that are not decoded stay 128. The array clamps to 0..255.
   */
  readonly samples: Uint8ClampedArray;
  /** The start of each needed row in `samples`. */
  readonly rowOffsets: Int32Array;
  /** Scratch for upsampling: a row of needed samples. */
  readonly line: Int16Array;
}

/** The needed samples along one edge of a component. */
export interface Axis {
  /** Their positions, ascending. */
  readonly needed: Int32Array;
  /** The needed samples of block b are `needed` from start[b] up to but not including start[b + 1]. */
  readonly start: Int32Array;
  /** For each selected pixel, the indices in `needed` of the sample it lies in and of the nearest neighbour. */
  readonly main: Int32Array;
  readonly neighbour: Int32Array;
  /** Both samples are mixed; otherwise the main one is repeated. */
  readonly isSmooth: boolean;
  /** The selected pixels are adjacent. */
  readonly isRun: boolean;
}

export interface Plan {
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly components: readonly Component[];
  /** For each selected row, the row of MCUs that completes its samples. */
  readonly readyAfter: Int32Array;
}

export function planSampling(header: JpegHeader, wanted: Selection): Plan {
  const { width, height } = header;
  const maxH = Math.max(...header.components.map(({ h }) => h));
  const maxV = Math.max(...header.components.map(({ v }) => v));
  const mcusAcross = Math.ceil(width / (8 * maxH));
  const mcusDown = Math.ceil(height / (8 * maxV));
  const components = header.components.map(({ h, v }): Component => {
    const across = { size: Math.ceil((width * h) / maxH), blocks: mcusAcross * h, ratio: maxH / h };
    const down = { size: Math.ceil((height * v) / maxV), blocks: mcusDown * v, ratio: maxV / v };
    const smooth = smoothing(across, down);
    const columns = planAxis(wanted.columns, across, smooth.across);
    const rows = planAxis(wanted.rows, down, smooth.down);
    return {
      h,
      v,
      blocksAcross: Math.ceil(across.size / 8),
      blocksDown: Math.ceil(down.size / 8),
      columns,
      rows,
      samples: new Uint8ClampedArray(columns.needed.length * 16 * v).fill(128),
      rowOffsets: rows.needed.map((y) => (y % (16 * v)) * columns.needed.length),
      line: new Int16Array(columns.needed.length),
    };
  });
  return { mcusAcross, mcusDown, components, readyAfter: readiness(components, wanted.rows.length) };
}

/** True if a block holds a needed sample. */
export function isNeeded({ columns, rows }: Component, blockX: number, blockY: number): boolean {
  return columns.start[blockX] !== columns.start[blockX + 1] && rows.start[blockY] !== rows.start[blockY + 1];
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
  const mains = wanted.map((x) => Math.floor(x / ratio));
  const neighbours = isSmooth
    ? wanted.map((x, i) => Math.max(0, Math.min(mains[i] + (x % 2 === 0 ? -1 : 1), size - 1)))
    : mains;
  const samples = new Int32Array(2 * wanted.length);
  const main = new Int32Array(wanted.length);
  const neighbour = isSmooth ? new Int32Array(wanted.length) : main;
  let count = 0;
  // Selected pixels ascend, and so do the samples that they need: only samples after the last one are new.
  for (let i = 0; i < wanted.length; i++) {
    const x = mains[i];
    const y = neighbours[i];
    if (count === 0 || Math.min(x, y) > samples[count - 1]) samples[count++] = Math.min(x, y);
    if (Math.max(x, y) > samples[count - 1]) samples[count++] = Math.max(x, y);
    main[i] = x < y ? count - 2 : count - 1;
    neighbour[i] = y < x ? count - 2 : count - 1;
  }
  const isRun = wanted.every((x, i) => x === wanted[0] + i);
  const needed = samples.slice(0, count);
  return { needed, start: blockStarts(needed, blocks), main, neighbour, isSmooth, isRun };
}

function blockStarts(needed: Int32Array, blocks: number): Int32Array {
  const start = new Int32Array(blocks + 1);
  for (let b = 0, i = 0; b <= blocks; b++) {
    while (i < needed.length && needed[i] < 8 * b) i++;
    start[b] = i;
  }
  return start;
}

function readiness(components: readonly Component[], rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) =>
    components.reduce((latest, { rows: { needed, main, neighbour }, v }) => {
      const last = needed[Math.max(main[i], neighbour[i])];
      return Math.max(latest, Math.floor(last / (8 * v)));
    }, 0),
  );
}
