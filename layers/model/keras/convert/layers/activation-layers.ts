/** Layers that are an activation function with settings. */
import {
  applyActivation,
  eluBySettings,
  leakyReluBySettings,
  reluBySettings,
  softmax,
} from '../activations.ts';
import type { LayerCall, Value } from '../layer-call.ts';
import { value } from '../layer-call.ts';
import { storedShape, storedTable } from '../layout.ts';
import { unary } from '../nodes.ts';
import { axesOf, tableShape } from './normalisation.ts';

export function activationLayer(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const activation = call.settings.raw('activation');
  return activation === undefined || activation === 'linear'
    ? input
    : applyActivation(call, input, activation);
}

export function reluLayer(call: LayerCall): Value {
  return reluBySettings(call, call.inputs[0]!, call.settings);
}

export function leakyReluLayer(call: LayerCall): Value {
  return leakyReluBySettings(call, call.inputs[0]!, call.settings);
}

export function eluLayer(call: LayerCall): Value {
  return eluBySettings(call, call.inputs[0]!, call.settings);
}

export function softmaxLayer(call: LayerCall): Value {
  const axis = call.settings.raw('axis', -1);
  const [single, ...others] = [axis].flat();
  if (typeof single !== 'number' || others.length > 0) {
    return call.refuse(`has the axis ${JSON.stringify(axis)}; expected one`);
  }
  return softmax(call, call.inputs[0]!, single);
}

/** Keeps values above `theta`, the rest become 0. */
export function thresholdedRelu(call: LayerCall): Value {
  const theta = call.settings.number('theta', 1);
  return unary(call, call.inputs[0]!, 'ThresholdedRelu', { alpha: { float: theta } });
}

export function preluLayer(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [input] = call.inputs as [Value];
  const shared = settings.raw('shared_axes') === undefined ? [] : axesOf(call, settings.raw('shared_axes'));
  const own = [...input.shape.keys()].filter((place) => !shared.includes(place));
  const shape = tableShape(input.shape, own);
  const { alpha } = call.weights({ alpha: shape });
  const slopes = graph.weight(`${path}/alpha`, storedShape(shape), () => storedTable(alpha.read(), shape));
  return value(graph.node('PRelu', path, [input.name, slopes]), input.shape);
}
