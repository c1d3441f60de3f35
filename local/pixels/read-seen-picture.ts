/** Reads the picture that a network sees from an image file. */
import { decodeRows } from '../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import {
  type InputShape,
  openReader,
  type Preprocessing,
} from '../../functions/classify/tensor/preprocess.ts';
import type { SeenPicture } from './seen-picture.ts';

/** The network input that pixels are prepared for. */
export interface NetworkFeed {
  readonly input: InputShape;
  readonly preprocess: Preprocessing;
}

/**
 * Decodes and scales an image.
 *
 * @throws ImageRejection as `decode` does.
 */
export async function readSeenPicture(
  bytes: Uint8Array,
  { input, preprocess }: NetworkFeed,
): Promise<SeenPicture> {
  const { info, reader } = await decodeRows(bytes, defaultLimits, (info) =>
    openReader(info, input, preprocess),
  );
  const { format, width, height } = info;
  const { selection, picture } = reader;
  const isPadded = selection.rows.length * selection.columns.length !== picture.width * picture.height;
  const isTaken = preprocess.interpolation === 'nearest' && !isPadded;
  return {
    format,
    width,
    height,
    view: picture,
    ...(isTaken && { taken: selection }),
    mode: preprocess.mode,
  };
}
