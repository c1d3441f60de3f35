/** Stores a network in a model folder: optimised, in the precision asked for, its weights in a file of their own. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Precision } from '../check.ts';
import { storeAsHalf } from './half.ts';
import { optimise } from './optimise.ts';

/**
 * Writes a network and its weights.
 *
 * @param to The new .onnx file.
 * @param data The file for its weights, in the same folder.
 * @param scratch A folder for intermediate files.
 * @throws UnusableModel if ONNX Runtime cannot load the network, or a weight does not fit into float16.
 */
export async function storeNetwork(
  from: string,
  to: string,
  data: string,
  precision: Precision,
  scratch: string,
): Promise<void> {
  if (precision === 'fp32') return optimise(from, to, data);
  const optimised = join(scratch, 'optimised.onnx');
  await optimise(from, optimised, join(scratch, 'optimised.bin'));
  return storeAsHalf(optimised, to, data);
}

/** Hashes the network and its weights, one after the other: both decide what the model computes. */
export async function sha256Of(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths.filter((path) => existsSync(path))) {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  }
  return hash.digest('hex');
}
