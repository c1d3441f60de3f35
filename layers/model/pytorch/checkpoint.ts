/** The contents of a checkpoint: the state dict, and the names of the classes and the network if they stand next to it. */
import { type LabelList, labelsOfIndex } from '../labels.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { PickledTensor, type PickleValue } from './pickle-values.ts';

/** Training scripts save the weights of averaging (`ema`) next to these. */
const stateDictKeys = ['state_dict', 'model_state_dict', 'model', 'net', 'network'];

/** Lists of names, or dictionaries from names to numbers or back, as torchvision's ImageFolder and training scripts call them. */
const labelKeys = [
  ...['classes', 'class_names', 'class_to_idx', 'idx_to_class'],
  ...['labels', 'label_names', 'label2id', 'id2label'],
];

/** Dictionaries of options: those of argparse and of Lightning. */
const optionKeys = ['args', 'hyper_parameters'];

type Dictionary = ReadonlyMap<PickleValue, PickleValue>;

/** @throws UnusableModel if there are no tensors. */
export function stateDictIn(value: PickleValue, path: string): Dictionary {
  if (!(value instanceof Map))
    throw new UnusableModel(`${path} does not hold a state dict: save model.state_dict()`);
  for (const key of stateDictKeys) {
    const inner = value.get(key);
    if (inner instanceof Map && holdsTensors(inner)) return inner;
  }
  // Checked last: some scripts save the best accuracy, a tensor too, next to the state dict.
  if (holdsTensors(value)) return value;
  const keys = [...value.keys()]
    .filter((key) => typeof key === 'string')
    .slice(0, 10)
    .map(shown)
    .join(', ');
  throw new UnusableModel(
    `${path} is a checkpoint with ${keys || 'nothing'}; expected tensors, or a state dict under ${stateDictKeys.join(', ')}`,
  );
}

function holdsTensors(value: Dictionary): boolean {
  return [...value.values()].some((item) => item instanceof PickledTensor);
}

/** The names of the classes. Nothing if there are none, or if two lists contradict each other. */
export function labelsIn(value: PickleValue): LabelList | undefined {
  const lists = dictionariesIn(value).flatMap((dictionary) =>
    labelKeys.flatMap((key) => {
      const labels = labelsOf(dictionary.get(key));
      return labels ? [labels] : [];
    }),
  );
  const distinct = new Set(lists.map((list) => JSON.stringify(list)));
  return distinct.size === 1 ? lists[0] : undefined;
}

function labelsOf(value: PickleValue | undefined): LabelList | undefined {
  if (Array.isArray(value)) return labelsOfIndex(value);
  if (!(value instanceof Map)) return undefined;
  const isPlain = [...value.keys()].every((key) => typeof key === 'string' || typeof key === 'number');
  return isPlain ? labelsOfIndex(Object.fromEntries(value)) : undefined;
}

/** The name of the network, as the training scripts of PyTorch and timm save it. */
export function architectureIn(value: PickleValue): string | undefined {
  return dictionariesIn(value)
    .flatMap((dictionary) => [dictionary.get('arch'), dictionary.get('model')])
    .find((name) => typeof name === 'string');
}

function dictionariesIn(value: PickleValue): Dictionary[] {
  if (!(value instanceof Map)) return [];
  return [value, ...optionKeys.map((key) => value.get(key)).filter((options) => options instanceof Map)];
}
