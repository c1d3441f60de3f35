/** Attention and the dense layer that is written as an equation. */
import { takeWeights } from '../../weights/weight-store.ts';
import { applyActivation } from '../activations.ts';
import { isValue, type LayerCall, type Value, value } from '../layer-call.ts';
import { fromKerasOrder, reshapeTo, toKerasOrder } from '../layout.ts';

/** softmax(query * key / sqrt(size)) * value, for each head; sequences are [steps, features]. */
export function multiHeadAttention(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const query = sequence(call, 0, 'query');
  const values = sequence(call, 1, 'value');
  const keys = call.argument(2, 'key') ? sequence(call, 2, 'key') : values;
  const heads = settings.integer('num_heads', 1);
  const keySize = settings.integer('key_dim', 1);
  const valueSize = settings.integer('value_dim', 1, keySize);
  const hasBias = settings.flag('use_bias', true);
  const axes = [settings.raw('attention_axes', 1)].flat();
  if (axes.join() !== '1') return call.refuse(`has the attention_axes ${JSON.stringify(axes)}; expected [1]`);
  const features = outputFeatures(call, query.shape[1]!);
  // They describe the layer, or choose between ways to compute the same.
  for (const name of ['dropout', 'flash_attention', 'query_shape', 'key_shape', 'value_shape'])
    settings.raw(name);

  const project = (part: string, input: Value, size: number): string => {
    const store = call.store.part(`${part}_dense`, part);
    const { kernel, bias } = takeWeights(
      store,
      {
        kernel: [input.shape[1]!, heads, size],
        ...(hasBias && { bias: [heads, size] }),
      } as { kernel: number[]; bias?: number[] },
      `${path}/${part}`,
    );
    const name = `${path}/${part}`;
    const product = graph.node('MatMul', name, [
      input.name,
      graph.weight(`${name}/kernel`, [input.shape[1]!, heads * size], kernel.read),
    ]);
    const shifted = bias
      ? graph.node('Add', `${name}/biased`, [
          product,
          graph.weight(`${name}/bias`, [heads * size], bias.read),
        ])
      : product;
    return reshapeTo(graph, `${name}/heads`, shifted, [input.shape[0]!, heads, size]);
  };

  const perHead = (name: string, input: string) =>
    graph.node('Transpose', `${path}/${name}`, [input], { perm: [0, 2, 1, 3] });
  const scaled = graph.node('Mul', `${path}/scaled_query`, [
    perHead('query_by_head', project('query', query, keySize)),
    graph.scalar(`${path}/scale`, 1 / Math.sqrt(keySize)),
  ]);
  const keysTurned = graph.node('Transpose', `${path}/key_by_head`, [project('key', keys, keySize)], {
    perm: [0, 2, 3, 1],
  });
  const scores = graph.node('MatMul', `${path}/scores`, [scaled, keysTurned]);
  const attention = graph.node('Softmax', `${path}/attention`, [scores], { axis: -1 });
  const attended = graph.node('MatMul', `${path}/attended`, [
    attention,
    perHead('value_by_head', project('value', values, valueSize)),
  ]);
  const steps = query.shape[0]!;
  const joined = reshapeTo(graph, `${path}/joined`, perHead('by_step', attended), [steps, heads * valueSize]);

  const output = takeWeights(
    call.store.part('output_dense', 'attention_output'),
    {
      kernel: [heads, valueSize, features],
      ...(hasBias && { bias: [features] }),
    } as { kernel: number[]; bias?: number[] },
    `${path}/attention_output`,
  );
  const product = graph.node('MatMul', `${path}/output`, [
    joined,
    graph.weight(`${path}/output/kernel`, [heads * valueSize, features], output.kernel.read),
  ]);
  const name = output.bias
    ? graph.node('Add', path, [product, graph.weight(`${path}/output/bias`, [features], output.bias.read)])
    : product;
  return value(name, [steps, features]);
}

/** The size of the output: a number or a list of one; the query's as a rule. */
function outputFeatures(call: LayerCall, fallback: number): number {
  const [size, ...others] = [call.settings.raw('output_shape', fallback)].flat();
  if (others.length === 0 && typeof size === 'number' && Number.isInteger(size) && size >= 1) return size;
  return call.refuse('has an output_shape of several dimensions; expected one');
}

function sequence(call: LayerCall, position: number, name: string): Value {
  const argument = call.argument(position, name);
  if (isValue(argument) && argument.shape.length === 2) return argument;
  const found = isValue(argument) ? `[batch, ${argument.shape.join(', ')}]` : 'none';
  return call.refuse(`takes a ${name} of the shape [batch, steps, features]; found ${found}`);
}

/** A dense layer by an equation such as `abc,cd->abd`. */
export function einsumDense(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [input] = call.inputs as [Value];
  const { inputs, kernels, outputs } = parseEquation(call, input.shape.length + 1);
  const sizes = new Map([...inputs].slice(1).map((letter, i) => [letter, input.shape[i]!]));
  const given = [settings.raw('output_shape')].flat();
  const offset = outputs.length - given.length;
  for (const [i, letter] of [...outputs].entries()) {
    const size = given[i - offset];
    if (i > 0 && !sizes.has(letter) && typeof size === 'number') sizes.set(letter, size);
  }
  const sizeOfLetter = (letter: string) =>
    sizes.get(letter) ?? call.refuse(`does not say how large '${letter}' is in its equation`);
  const shape = [...outputs].slice(1).map(sizeOfLetter);
  const biasAxes = settings.raw('bias_axes');
  const biasShape = typeof biasAxes === 'string' ? biasShapeOf(outputs, biasAxes, sizeOfLetter) : undefined;
  const kernelShape = [...kernels].map(sizeOfLetter);
  const { kernel, bias } = call.weights({
    kernel: kernelShape,
    ...(biasShape && { bias: biasShape }),
  } as { kernel: number[]; bias?: number[] });

  const product = graph.node(
    'Einsum',
    path,
    [toKerasOrder(graph, path, input), graph.weight(`${path}/kernel`, kernelShape, kernel.read)],
    { equation: `${inputs},${kernels}->${outputs}` },
  );
  const name =
    bias && biasShape
      ? graph.node('Add', `${path}/biased`, [product, graph.weight(`${path}/bias`, biasShape, bias.read)])
      : product;
  return applyActivation(call, fromKerasOrder(graph, path, name, shape), settings.raw('activation'));
}

interface Equation {
  readonly inputs: string;
  readonly kernels: string;
  readonly outputs: string;
}

/** @param rank Of the input, with the batch, for which an ellipsis may stand. */
function parseEquation(call: LayerCall, rank: number): Equation {
  const equation = call.settings.text('equation').replaceAll(' ', '');
  const [, left = '', kernels = '', right = ''] =
    /^((?:\.\.\.)?[a-zA-Z]+),([a-zA-Z]+)->((?:\.\.\.)?[a-zA-Z]+)$/.exec(equation) ?? [];
  const spare = [...'ABCDEFGHIJ'].slice(0, Math.max(rank - left.replace('...', '').length, 0)).join('');
  const inputs = left.replace('...', spare);
  const outputs = right.replace('...', spare);
  if (inputs.length === rank && outputs[0] === inputs[0] && !kernels.includes(inputs[0]!)) {
    return { inputs, kernels, outputs };
  }
  return call.refuse(`has the equation '${equation}', which does not fit its input of ${rank} dimensions`);
}

/** From the first of the bias' axes on; the others are 1. */
function biasShapeOf(outputs: string, axes: string, sizeOf: (letter: string) => number): number[] {
  const first = Math.min(...[...axes].map((letter) => outputs.indexOf(letter)));
  return [...outputs.slice(Math.max(first, 1))].map((letter) => (axes.includes(letter) ? sizeOf(letter) : 1));
}
