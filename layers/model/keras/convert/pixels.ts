/** Follows the pixels from the input to the first layer with weights, to see whether the model prepares them itself. */
import type { Layer } from '../graph/model-graph.ts';
import type { Value } from './layer-call.ts';
import { isOperation } from './table.ts';

export interface PixelTrace {
  readonly follow: (layer: Layer, inputs: readonly Value[], outputs: readonly Value[]) => void;
  /** True if a layer or operation has scaled or shifted raw pixels. */
  readonly hasPreprocessing: () => boolean;
}

const arithmeticLayers = new Set(['Rescaling', 'Normalization']);
const arithmeticOperations =
  /^(Add|Subtract|Multiply|Divide|TrueDivide|math\.(add|subtract|multiply|divide|truediv)|__operators__\.add|nn\.bias_add)$/;
const rearranging =
  /^(Random\w+|(Spatial)?Dropout(2D)?|Identity|Resizing|CenterCrop|ZeroPadding2D|Cropping2D|Reshape|Permute|Cast|GetItem|Split|Swapaxes|Stack|Concatenate|Flip|SlicingOpLambda|cast|reverse|concat|split|stack)$/;

export function tracePixels(input: Value): PixelTrace {
  const pixels = new Set([input.name]);
  let isPrepared = false;
  return {
    follow: (layer, inputs, outputs) => {
      if (!inputs.some(({ name }) => pixels.has(name))) return;
      const isArithmetic = isPreprocessing(layer);
      if (isArithmetic) isPrepared = true;
      if (isArithmetic || rearranging.test(operationOf(layer))) {
        for (const { name } of outputs) pixels.add(name);
      }
    },
    hasPreprocessing: () => isPrepared,
  };
}

function isPreprocessing(layer: Layer): boolean {
  if (arithmeticLayers.has(layer.className)) return true;
  const isFunction = layer.className === 'TFOpLambda' || isOperation(layer);
  return isFunction && arithmeticOperations.test(operationOf(layer));
}

function operationOf({ className, config }: Layer): string {
  return className === 'TFOpLambda' ? String(config.function) : className;
}
