/** The tensors among a call's arguments. */
import type { Argument, Call, TensorReference } from './model-graph.ts';

/** @returns In the order of the arguments, those in lists included. */
export function tensorsInCall({ args, kwargs }: Call): TensorReference[] {
  return [...args, ...Object.values(kwargs)].flatMap(tensorsInArgument);
}

function tensorsInArgument(argument: Argument<TensorReference>): TensorReference[] {
  if (isList(argument)) return argument.flatMap(tensorsInArgument);
  return isTensor(argument) ? [argument] : [];
}

/** Replaces every tensor of an argument. */
export function mapTensors<Tensor>(
  argument: Argument<TensorReference>,
  replace: (tensor: TensorReference) => Tensor,
): Argument<Tensor> {
  if (isList(argument)) return argument.map((item) => mapTensors(item, replace));
  return isTensor(argument) ? replace(argument) : argument;
}

function isTensor(argument: Argument<TensorReference>): argument is TensorReference {
  return (
    typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === 'tensor'
  );
}

function isList<Tensor>(argument: Argument<Tensor>): argument is readonly Argument<Tensor>[] {
  return Array.isArray(argument);
}
