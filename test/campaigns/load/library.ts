/** The pictures to upload, and the function's result for each. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { ImageRejection } from '../../../functions/classify/image/rejections.ts';
import { type Classifier, createClassifier } from '../../../functions/classify/network/classifier.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { findModel } from '../../../layers/model/layer.ts';

export interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The eTag without quotes. */
  readonly eTag: string;
  /** The likeliest label; undefined if the picture is rejected. */
  readonly label?: string;
}

export interface Library {
  readonly whole: readonly Picture[];
  /** Rejected files, and halves of whole ones. */
  readonly broken: readonly Picture[];
}

/** The embedded network, which every clone has. */
export const model = 'efficientnet-lite0';

/** Reads image files and labels each one alone. */
export async function readLibrary(files: readonly string[]): Promise<Library> {
  const classifier = await createClassifier(findModel(model));
  const pictures: Picture[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    pictures.push(await label(classifier, basename(file), bytes));
    const half = bytes.subarray(0, bytes.length / 2);
    pictures.push(await label(classifier, `half-${basename(file)}`, half));
  }
  return {
    // Half a file is still an image in some formats.
    whole: pictures.filter((picture) => picture.label !== undefined),
    broken: pictures.filter((picture) => picture.label === undefined),
  };
}

async function label({ manifest, classify }: Classifier, name: string, bytes: Uint8Array): Promise<Picture> {
  const picture = { name, bytes, eTag: createHash('md5').update(bytes).digest('hex') };
  try {
    const { toTensor } = await readImage(bytes, defaultLimits, manifest);
    const [{ predictions }] = await classify(toTensor());
    return { ...picture, label: predictions[0].label };
  } catch (error) {
    if (error instanceof ImageRejection) return picture;
    throw error;
  }
}
