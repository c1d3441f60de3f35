/** An image, from what its header says to its pixels: the types that every decoder and every reader share. */

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'bmp' | 'tiff' | 'webp' | 'avif';

/** In EXIF's numbering: how the stored pixels have to be turned to stand upright; 1 = they do. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** RGBA pixels as stored (not turned): row-major, 4 * width * height bytes, alpha not premultiplied. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** What an image's header says: its size as stored, before the orientation is applied. */
export interface ImageInfo {
  readonly format: ImageFormat;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

export interface DecodedImage extends Bitmap, ImageInfo {}

/** An image of which only the header has been read. */
export interface UndecodedImage {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Decoding pauses. It is not interrupted, then, and has to look at the time itself. */
  readonly checksTime?: true;
  /** What `decode` takes at its peak, as measured with large images, rounded up. */
  readonly bytesPerPixel: number;
  /** All of the work; where a decoder has to be started first, a promise of it. */
  decode(checkTime: CheckTime): Bitmap | Promise<() => Bitmap>;
  /** The same for those who read row by row, where the format allows it without holding the image. */
  readonly byRow?: {
    /** What it takes at its peak for each column of the image, however high that is. */
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

/** Takes the selected pixels of the next selected row: R, G and B of each. The array is used again for the row after it. */
export type TakeRow = (rgb: Uint8Array) => void;

/** Who reads an image row by row. */
export interface RowReader {
  readonly selection: Selection;
  readonly takeRow: TakeRow;
}
