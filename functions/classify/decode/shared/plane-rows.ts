/** Rows as planes of colours in the kernels' memory: a decoder that works there writes them where a scaler reads them. */
import type { RowReader } from '../../image/image.ts';
import type { Address, KernelInstance } from './kernels.ts';

/** Takes the selected pixels of the next selected row as planes of red, green and blue. */
export interface PlaneRows {
  readonly instance: KernelInstance;
  /** Bytes from the start of a plane to the next. */
  readonly planeBytes: number;
  /** Returns the address of the red plane. The 15 bytes before and behind each plane may be overwritten. */
  readonly nextRow: () => Address;
  /** Call when the row is written. */
  readonly take: () => void;
}

export interface PlaneReader extends RowReader {
  /** Takes the rows instead of `takeRow`. Present only if the selected columns are neighbours, none of them twice. */
  readonly planes?: PlaneRows;
}

/** Planes of a row, side by side, with room for whole vectors before and behind each. */
export interface PlaneLayout {
  readonly planeBytes: number;
  /** Bytes from the start of the row to its red plane. */
  readonly firstPlane: number;
  readonly rowBytes: number;
}

export function planeLayout(pixels: number): PlaneLayout {
  const planeBytes = 16 * Math.ceil(pixels / 16) + 2 * margin;
  return { planeBytes, firstPlane: margin, rowBytes: 3 * planeBytes };
}

const margin = 16;
