/** Reads an ONNX graph's input and output. */
import { UnusableModel } from '../unusable-model.ts';
import { type DimensionProto, float32, type GraphProto, toNumber, type ValueProto } from './proto.ts';

export interface GraphFacts {
  readonly input: {
    readonly name: string;
    readonly layout: 'NHWC' | 'NCHW';
    /** Pixels; absent where the graph takes any size. */
    readonly width?: number;
    readonly height?: number;
  };
  /** The name of the output with the scores. */
  readonly output: string;
}

/**
 * @param path Of the file, for messages.
 * @throws UnusableModel if it is not a classifier of single RGB images: one float32 input of four dimensions, one of them the
 *   3 channels, and one output whose scores exclude each other.
 */
export function inspectGraph(graph: GraphProto, path: string): GraphFacts {
  return {
    input: inspectInput(onlyInput(graph, path), path),
    output: onlyOutput(graph, path),
  };
}

/** Until version 3 of the format, initialisers had to be listed among the inputs too. */
function onlyInput({ input, initializer }: GraphProto, path: string): ValueProto {
  const initialised = new Set(initializer.map(({ name }) => name));
  const fed = input.filter(({ name }) => !initialised.has(name));
  if (fed.length === 1) return fed[0]!;
  throw new UnusableModel(`${path} has ${fed.length} inputs (${namesOf(fed)}); expected one, the image`);
}

function inspectInput({ name, type }: ValueProto, path: string): GraphFacts['input'] {
  const input = `${path}: input '${name}'`;
  if (type?.tensorType?.elemType !== float32) {
    throw new UnusableModel(`${input} does not take float32; export the model with a float32 input`);
  }
  const dims = type.tensorType.shape?.dim.map(fixedSize) ?? [];
  const shape = `[${dims.map((dim) => dim ?? '?').join(', ')}]`;
  const layout = dims[1] === 3 ? 'NCHW' : 'NHWC';
  if (dims.length !== 4 || dims[layout === 'NCHW' ? 1 : 3] !== 3) {
    throw new UnusableModel(
      `${input} has the shape ${shape}; expected [batch, 3, height, width] or [batch, height, width, 3]`,
    );
  }
  if (dims[0] !== undefined && dims[0] !== 1) {
    throw new UnusableModel(
      `${input} takes batches of ${dims[0]}; expected a dynamic batch, or 1: export the model again with one`,
    );
  }
  const [height, width] = layout === 'NCHW' ? dims.slice(2) : dims.slice(1);
  return { name, layout, ...(width && { width }), ...(height && { height }) };
}

/** Dynamic sizes are 0, -1 or have a name. */
function fixedSize({ dimValue }: DimensionProto): number | undefined {
  const size = toNumber(dimValue ?? 0);
  return size > 0 ? size : undefined;
}

function onlyOutput({ output }: GraphProto, path: string): string {
  if (output.length === 1) return output[0]!.name;
  throw new UnusableModel(
    `${path} has ${output.length} outputs (${namesOf(output)}); expected one, the scores of the classes`,
  );
}

function namesOf(values: readonly ValueProto[]): string {
  return values.map(({ name }) => `'${name}'`).join(', ') || 'none';
}
