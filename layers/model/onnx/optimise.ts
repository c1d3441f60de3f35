/** Stores a network as ONNX Runtime optimises it, so that a cold start does not repeat the work. */
import { basename } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { openSession } from '../../../functions/classify/network/session.ts';
import { UnusableModel } from '../unusable-model.ts';

/**
 * Rewrites an .onnx file as ONNX Runtime optimises it, its weights in a file next to it that the runtime maps into memory.
 *
 * `extended` is the highest level that suits every processor: `layout` and `all` write for the processor they run on, and
 * were seen to give wrong answers, silently, on another.
 *
 * @param to The new .onnx file. @param dataPath Its weights, in the same folder.
 * @throws UnusableModel if ONNX Runtime cannot load the file.
 */
export async function optimise(from: string, to: string, dataPath: string): Promise<void> {
  const session = await loadNetwork(from, {
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: to,
    extra: {
      session: {
        optimized_model_external_initializers_file_name: basename(dataPath),
        optimized_model_external_initializers_min_size_in_bytes: '1024',
      },
    },
  });
  await session.release();
}

/** @throws UnusableModel with ONNX Runtime's reason. */
export function loadNetwork(
  path: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return openSession(path, options).catch((error: Error) => {
    throw new UnusableModel(`${path} cannot be loaded by ONNX Runtime: ${error.message}`);
  });
}
