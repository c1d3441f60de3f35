/** Layers that do nothing at inference: their settings concern training alone. */
import type { LayerCall, Value } from '../layer-call.ts';

export function identity(call: LayerCall): Value {
  return call.inputs[0]!;
}
