/** ONNX Runtime sessions, and what holds for all of them. */
import { env, InferenceSession } from 'onnxruntime-node';

/**
 * Opens a network.
 *
 * @throws Error with ONNX Runtime's reason.
 */
export function openSession(
  path: string,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  // Otherwise the first session reports its use to ONNX Runtime's maker, and leaves a device id in the home folder.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  // Otherwise it warns on Graviton at every start that /sys is hidden, which costs nothing here.
  env.logLevel = 'error';
  return InferenceSession.create(path, options);
}
