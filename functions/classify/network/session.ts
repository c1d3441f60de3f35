/** Opens ONNX Runtime sessions with the settings that all of them share. */
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
  // By default the first session reports its use to Microsoft and leaves a device id in the home folder.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  // By default it warns at every start on Graviton that /sys is hidden, which does no harm here.
  env.logLevel = 'error';
  return InferenceSession.create(path, options);
}
