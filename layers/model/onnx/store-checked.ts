/** Stores the network of a source, quantised first if the user asks for it, and checks that the file computes the same. */
import { join } from 'node:path';
import type { Head } from '../../../functions/classify/network/head.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { assertEqualScores, type Precision, runOnTestPictures } from '../check.ts';
import { type Quantisation, type QuantisationReport, quantiseSource } from '../int8/quantise-source.ts';
import type { SourceNetwork } from '../source-network.ts';
import { storeNetwork } from './store.ts';

/** The steps of storing, in this order; the first one only with a quantisation. */
export const storingSteps = ['quantising it', 'storing it', 'checking what was stored'] as const;

export interface StoringOptions {
  readonly precision: Precision;
  readonly quantisation?: Quantisation;
  readonly preprocess: Preprocessing;
  readonly head: Head;
  /** The network's outputs for the test pictures. */
  readonly outputs: readonly Float32Array[];
  /** A folder for intermediate files. */
  readonly scratch: string;
  readonly onStep: (step: (typeof storingSteps)[number]) => void;
}

export interface StoringResult {
  /** The largest difference of a score that storing made, without that of a quantisation. */
  readonly difference: number;
  readonly quantisation?: QuantisationReport;
}

/**
 * Writes a network and its weights, and checks them.
 *
 * @throws UnusableModel if it cannot be stored, or computes something else then.
 */
export async function storeChecked(
  network: SourceNetwork,
  to: { readonly folder: string; readonly file: string; readonly data: string },
  { precision, quantisation, preprocess, head, outputs, scratch, onStep }: StoringOptions,
): Promise<StoringResult> {
  if (quantisation) onStep('quantising it');
  const quantised = quantisation && (await quantiseSource(network, preprocess, quantisation, scratch));
  const from = quantised?.path ?? network.onnxPath;
  onStep('storing it');
  const path = join(to.folder, to.file);
  await storeNetwork(from, path, join(to.folder, to.data), precision, scratch);
  onStep('checking what was stored');
  const difference = assertEqualScores(
    quantised ? await runOnTestPictures(from, network, preprocess) : outputs,
    await runOnTestPictures(path, network, preprocess),
    head,
    { precision: quantised ? 'int8' : precision, isQuantised: network.isQuantised },
  );
  return { difference, ...(quantised && { quantisation: await quantised.judge(path, head) }) };
}
