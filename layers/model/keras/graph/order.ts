/** The calls of a model in an order in which every tensor exists before it is used. */
import { UnusableModel } from '../../unusable-model.ts';
import { saveAgain } from '../way-on.ts';
import type { Layer, ModelGraph, TensorReference } from './model-graph.ts';
import { tensorsInCall } from './tensors.ts';

export interface OrderedCall {
  readonly layer: Layer;
  /** Index into `layer.calls`; 0 for an input. */
  readonly call: number;
}

/**
 * Only the calls that the outputs need, in depth-first order.
 *
 * @param file For messages.
 * @throws UnusableModel naming a layer that depends on itself, or one that refers to something that does not exist.
 */
export function orderCalls(model: ModelGraph, file: string): OrderedCall[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const inputs = new Set(model.inputs.map(({ layer }) => layer));
  const ordered: OrderedCall[] = [];
  const states = new Map<string, 'open' | 'done'>();

  const find = (reference: TensorReference, user: string): OrderedCall => {
    const layer = layers.get(reference.layer);
    const count = inputs.has(reference.layer) ? 1 : (layer?.calls.length ?? 0);
    if (layer && reference.call >= 0 && reference.call < count) return { layer, call: reference.call };
    throw new UnusableModel(
      `${file}: ${user} takes the output of '${reference.layer}' (call ${reference.call}), which does not exist; ${saveAgain}`,
    );
  };

  // With a stack of its own: a chain of thousands of layers is too deep for recursion.
  const stack = model.outputs
    .map((output) => find(output, `model '${model.path || model.name}'`))
    .toReversed();
  while (stack.length > 0) {
    const current = stack.at(-1)!;
    const key = `${current.call}/${current.layer.name}`;
    if (states.get(key) === 'done') {
      stack.pop();
      continue;
    }
    if (states.get(key) === 'open') {
      states.set(key, 'done');
      ordered.push(current);
      stack.pop();
      continue;
    }
    states.set(key, 'open');
    const call = inputs.has(current.layer.name) ? undefined : current.layer.calls[current.call];
    for (const reference of call ? tensorsInCall(call).toReversed() : []) {
      const next = find(reference, `layer '${current.layer.path}'`);
      const state = states.get(`${next.call}/${next.layer.name}`);
      if (state === 'open') {
        throw new UnusableModel(
          `${file}: layer '${next.layer.path}' depends on its own output; a model's graph has no cycles`,
        );
      }
      if (state !== 'done') stack.push(next);
    }
  }
  return ordered;
}
