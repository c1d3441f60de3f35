/** An image from its header to its pixels: the types that decoders and their callers share. */

/** EXIF's number for the turn that makes the stored pixels upright; 1 for none. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** RGBA pixels as stored (not turned): row-major, 4 * width * height bytes, alpha not premultiplied. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The values of an image's header. */
export interface ImageInfo {
  /** The `name` of a row in `decode/formats.ts`. */
  readonly format: string;
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

export interface DecodedImage extends Bitmap, ImageInfo {}

/** An image whose header, but not its pixels, has been read. */
export interface UndecodedImage {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** The decoder is asynchronous: it cannot be interrupted and calls `checkTime` itself. */
  readonly checksTime?: true;
  /** Peak memory of `decode`, measured with large images and rounded up. */
  readonly bytesPerPixel: number;
  /** Decodes the whole image. A decoder that has to be started first returns a promise of the function that decodes. */
  decode(checkTime: CheckTime): Bitmap | Promise<() => Bitmap>;
  /** Decodes row by row, where the format allows it without holding the image. */
  readonly byRow?: {
    /** Peak memory for each column of the image, whatever its height. */
    readonly bytesPerColumn: number;
    decode(reader: RowReader, checkTime: CheckTime): void | Promise<void>;
  };
}

/** @throws {ImageTooLarge} the time is up */
export type CheckTime = () => void;

/** The pixels where these columns and rows of the stored image cross; both ascend, and may repeat. */
export interface Selection {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/** Takes the selected pixels of the next selected row as R, G, B triples. The array is reused for the next row. */
export type TakeRow = (rgb: Uint8Array) => void;

/** Reads an image row by row. */
export interface RowReader {
  readonly selection: Selection;
  readonly takeRow: TakeRow;
}
