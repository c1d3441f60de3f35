/** Images of whole numbers (`keras.Input(shape, dtype='uint8')`), whose arithmetic wraps around in Keras and not in the network. */
import type { Layer } from '../graph/model-graph.ts';
import type { Value } from './layer-call.ts';

// They cast their input to floating-point numbers.
const casting =
  /^(Rescaling|Normalization|CenterCrop|AutoContrast|Cast|cast|TrueDivide|Divide|math\.(truediv|divide))$/;
const keeping =
  /^(Random\w+|(Spatial|Gaussian|Alpha)?Dropout(1D|2D)?|Identity|GetItem|SlicingOpLambda|Flip|reverse|Concatenate|concat|Stack|stack)$/;

export function takesWholeNumbers({ config }: Layer): boolean {
  return /^u?int/.test(String(config.dtype));
}

/** @returns The outputs, marked where they are still whole numbers. @throws UnusableModel for arithmetic on whole numbers. */
export function followWholeNumbers(
  { className, config }: Layer,
  inputs: readonly Value[],
  outputs: readonly Value[],
  refuse: (reason: string, wayOn?: string) => never,
): readonly Value[] {
  if (!inputs.some(({ isWhole }) => isWhole)) return outputs;
  const name = className === 'TFOpLambda' ? String(config.function) : className;
  if (casting.test(name)) return outputs;
  if (keeping.test(name)) return outputs.map((output) => ({ ...output, isWhole: true }));
  return refuse(
    'computes with whole numbers, which wrap around',
    "build the model with an input of floating-point numbers, keras.Input(shape), or cast them first, keras.ops.cast(images, 'float32')",
  );
}
