/** The labels of a model folder: one name for each of the network's classes, in their order. */
import { InvalidModel } from './manifest.ts';
import type { Prediction } from './prediction.ts';

export type Label = Pick<Prediction, 'id' | 'label'>;

/**
 * Validates a label list: `["cat", …]` or `[["n02123045", "tabby"], …]`.
 *
 * @param path The file it was read from, for error messages.
 * @throws InvalidModel
 */
export function parseLabels(list: unknown, path: string): Label[] {
  const invalid = (problem: string) =>
    new InvalidModel(`${path}: ${problem}; labels are a JSON list of names or of [id, name] pairs`);
  if (!Array.isArray(list) || list.length === 0) throw invalid('not a list with at least one label');
  return list.map((entry: unknown, index) => {
    if (typeof entry === 'string') return { id: String(index), label: entry };
    if (Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')) {
      return { id: entry[0], label: entry[1] };
    }
    throw invalid(`label ${index} is ${JSON.stringify(entry).slice(0, 60)}`);
  });
}
