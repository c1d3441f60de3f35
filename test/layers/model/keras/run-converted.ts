/** Converts a Keras file and runs the network, as ONNX Runtime optimises it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { convertKeras } from '../../../../layers/model/keras/convert-keras.ts';
import type { ConversionOptions, ConvertedNetwork } from '../../../../layers/model/keras/converted.ts';

export interface RunResult {
  readonly network: ConvertedNetwork;
  /** For each picture the values of each output. */
  readonly outputs: readonly (readonly Float32Array[])[];
}

/** @param inputs Each one picture, [height, width, channels]. */
export async function runConverted(
  path: string,
  inputs: readonly Float32Array[],
  options: Partial<ConversionOptions> = {},
): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
  try {
    const network = await convertKeras(path, { folder, isPublished: false, ...options });
    const session = await InferenceSession.create(network.onnxPath);
    const outputs: Float32Array[][] = [];
    for (const input of inputs) {
      const { name, channels, height, width } = network.input;
      const tensor = new Tensor('float32', channelsFirst(input, channels), [1, channels, height, width]);
      const results = await session.run({ [name]: tensor });
      outputs.push(network.outputs.map((output) => results[output.name]!.data as Float32Array));
    }
    await session.release();
    return { network, outputs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function channelsFirst(pixels: Float32Array, channels: number): Float32Array {
  const area = pixels.length / channels;
  return pixels.map((_, i) => pixels[(i % area) * channels + Math.floor(i / area)]!);
}

export function greatestDifference(found: Float32Array, expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  // NaN is not within any tolerance.
  return expected.reduce((max, value, i) => {
    const difference = Math.abs(value - found[i]!);
    return difference <= max ? max : Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }, 0);
}
