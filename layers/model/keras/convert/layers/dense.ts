/** Dense layers. */
import { applyActivation } from '../activations.ts';
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { isImage } from '../layout.ts';
import { outputsFirst } from './convolution.ts';

export function dense(call: LayerCall): Value {
  const { settings, graph, path } = call;
  const [input] = call.inputs as [Value];
  const inputs = input.shape.at(-1)!;
  const units = settings.integer('units', 1);
  const { kernel, bias } = call.weights({
    kernel: [inputs, units],
    ...(settings.flag('use_bias', true) && { bias: [units] }),
  });
  const shape = [...input.shape.slice(0, -1), units];
  const biases = bias && (() => graph.weight(`${path}/bias`, [units], bias.read));

  if (isImage(input.shape)) {
    // At each position of an image it is a 1x1 convolution.
    const weights = graph.weight(`${path}/kernel`, [units, inputs, 1, 1], () =>
      outputsFirst(kernel!.read(), { inputs, outputs: units, area: 1 }),
    );
    const name = graph.node('Conv', path, [input.name, weights, ...(biases ? [biases()] : [])], {
      kernel_shape: [1, 1],
    });
    return applyActivation(call, value(name, shape), settings.raw('activation'));
  }
  const product = graph.node('MatMul', path, [
    input.name,
    graph.weight(`${path}/kernel`, [inputs, units], kernel!.read),
  ]);
  const name = biases ? graph.node('Add', `${path}/logits`, [product, biases()]) : product;
  return applyActivation(call, value(name, shape), settings.raw('activation'));
}
