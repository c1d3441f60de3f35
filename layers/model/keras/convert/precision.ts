/** The types in which layers store and compute, by their dtype policies. The network itself computes in float32. */
import type { Layer } from '../graph/model-graph.ts';

type Refuse = (reason: string, wayOn?: string) => never;

/** @throws UnusableModel for a layer that rounds its values to whole numbers, or whose weights are quantised. */
export function assertFloats(layer: Layer, refuse: Refuse): void {
  const policy = policyOf(layer);
  if (/Quantized|GPTQ|AWQ|_from_/.test(policy)) {
    refuse(
      'is quantised',
      'convert the model as it was before model.quantize(); --precision fp16 halves its size',
    );
  }
  const [type] = /u?int\d+/.exec(policy) ?? [];
  if (type) refuse(`computes in ${type}; expected a floating-point dtype`);
}

/** @throws UnusableModel for a layer whose weights are stored in 16 bits. */
export function assertFullWeights(layer: Layer, refuse: Refuse): void {
  const [, type] = /"(b?float16)"/.exec(policyOf(layer)) ?? [];
  if (!type) return;
  refuse(
    `stores its weights in ${type}`,
    "build the model again after keras.config.set_dtype_policy('float32'), copy the weights with set_weights(half.get_weights()) and save it",
  );
}

export interface PrecisionTrace {
  readonly follow: (layer: Layer) => void;
  /** A sentence if Keras computes less exactly than the network. */
  readonly assumptions: () => string[];
}

export function tracePrecision(): PrecisionTrace {
  let isMixed = false;
  return {
    follow: (layer) => {
      isMixed ||= /float16/.test(policyOf(layer));
    },
    assumptions: () =>
      isMixed
        ? [
            'Keras computes layers of this model in 16 bits (mixed precision), the network in 32: scores differ by about 0.001',
          ]
        : [],
  };
}

function policyOf({ config }: Layer): string {
  return JSON.stringify(config.dtype ?? null);
}
