/** Replaces onnxruntime-node in the program's bundle: it is not a dependency of the package, since it has 300 MB. */
import { loadRuntime } from './runtime.ts';

export const { env, InferenceSession, Tensor } = loadRuntime().runtime;
