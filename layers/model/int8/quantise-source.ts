/** Quantises the network of a source with the user's photos, and compares the result with it. */
import type { Head } from '../../../functions/classify/network/head.ts';
import type { Preprocessing, Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import type { SourceNetwork } from '../source-network.ts';
import { UnusableModel } from '../unusable-model.ts';
import { type Agreement, assertAgreement } from './agreement.ts';
import { judge } from './judge.ts';
import { assertEnough, dividePhotos, type Photos, readPhotos } from './photos.ts';
import { quantise } from './quantise.ts';

/** The user's choices. */
export interface Quantisation {
  readonly photos: Photos;
  /** Accept a network whose labels differ often. */
  readonly allowLoss: boolean;
}

/** The result, for people. */
export interface QuantisationReport {
  /** The number of photos that the network was calibrated with. */
  readonly calibratedWith: number;
  readonly agreement: Agreement;
}

export interface QuantisedNetwork {
  readonly path: string;
  /**
   * Judges the network as it is stored.
   *
   * @throws UnusableModel if its labels differ too often, unless the user allows it.
   */
  readonly judge: (stored: string, head: Head) => Promise<QuantisationReport>;
}

/**
 * Quantises a float32 network.
 *
 * @param folder Takes the result and intermediate files.
 * @throws UnusableModel if there are too few photos, or the network computes with integers already or has nothing to quantise.
 */
export async function quantiseSource(
  network: SourceNetwork,
  preprocess: Preprocessing,
  { photos, allowLoss }: Quantisation,
  folder: string,
): Promise<QuantisedNetwork> {
  const { input, output, onnxPath } = network;
  if (network.isQuantised) {
    throw new UnusableModel(
      'the network computes with integers already: leave out --precision int8 and --calibrate',
    );
  }
  const { calibrating, judging } = dividePhotos(photos.files);
  assertEnough(calibrating.length, 'calibrate', photos.folder);
  const recipe = { input, preprocess };
  const images: Tensor[] = [];
  for await (const image of readPhotos(calibrating, photos, recipe)) images.push(image);
  assertEnough(images.length, 'calibrate', photos.folder);
  const path = await quantise(onnxPath, { input: input.name, images }, folder);
  return {
    path,
    judge: async (stored, head) => {
      const agreement = await judge(
        { float: onnxPath, int8: stored },
        { input, output, head },
        readPhotos(judging, photos, recipe),
      );
      assertEnough(agreement.all.photos, 'judge', photos.folder);
      if (!allowLoss) assertAgreement(agreement);
      return { calibratedWith: images.length, agreement };
    },
  };
}
