/** HDF5 as far as Keras uses it: groups, string attributes and float datasets, with errors that say what was expected. */
import { Dataset, File, Group, ready } from 'h5wasm/node';
import { runWithin, TimeIsUp } from '../../../functions/classify/decode/time-limit.ts';
import { UnusableModel } from '../unusable-model.ts';

/** A tensor as it stands in the file. It is read only when needed, so that one at a time is in memory. */
export interface StoredTensor {
  /** Path within the file, for messages: `/conv1_conv/conv1_conv/kernel:0`. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly isInteger: boolean;
  /** The values, row-major. @throws UnusableModel if they are not floating-point numbers or cannot be read. */
  readonly read: () => Float32Array;
}

/** An open file; its tensors can be read until it is closed. */
export interface Hdf5File {
  readonly root: Group;
  readonly close: () => void;
}

// The largest tensor of keras.applications, in VGG16's first dense layer, has 411 MB.
const maxTensorBytes = 500_000_000;

// H5T_INTEGER of the HDF5 library.
const integerClass = 0;

/**
 * @param shownPath The user's own file, for messages; `path` may be a part of it that was unpacked.
 * @throws UnusableModel if it is not HDF5, or was cut off.
 */
export async function openHdf5(path: string, shownPath: string): Promise<Hdf5File> {
  const hdf5 = await ready;
  try {
    // Otherwise the library prints its own stack and carries on with an invalid file.
    hdf5.activate_throwing_error_handler();
    const file = ask(() => new File(path, 'r'));
    return { root: file, close: () => closeQuietly(file) };
  } catch (error) {
    const reason = /truncated/.test(String(error))
      ? 'was cut off: copy or download it again'
      : 'is not a readable HDF5 file';
    throw new UnusableModel(`${shownPath} ${reason}`, { cause: error });
  }
}

// A damaged file may fail even at this, after what matters has been said.
function closeQuietly(file: File): void {
  try {
    ask(() => file.close());
  } catch {}
}

/** The group of that name, or nothing if there is none. */
export function subgroup(parent: Group, name: string): Group | undefined {
  const child = askUnlessBroken(() => parent.get(name));
  return child instanceof Group ? child : undefined;
}

/** The groups directly below, in HDF5's own (alphabetical) order. */
export function subgroups(parent: Group): Group[] {
  return ask(() => parent.keys()).flatMap((name) => subgroup(parent, name) ?? []);
}

/** The datasets directly below, those of numbered names in the order of their numbers. */
export function tensorsIn(group: Group): StoredTensor[] {
  return ask(() => group.keys())
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => ask(() => group.get(name)))
    .filter((child) => child instanceof Dataset)
    .map(storedTensor);
}

/** @throws UnusableModel if there is no dataset of that path. */
export function tensorAt(group: Group, path: string): StoredTensor {
  const dataset = askUnlessBroken(() => group.get(path));
  if (dataset instanceof Dataset) return storedTensor(dataset);
  throw new UnusableModel(
    `${group.path}/${path} is missing: the file lists this weight but does not hold it`,
  );
}

/**
 * A list of strings, whether stored with fixed or variable length, or in parts (`layer_names0`, `layer_names1`, …) because it
 * exceeds the 64 KB that HDF5 allows an attribute.
 *
 * @returns Nothing if there is no such attribute; an empty list is stored as an empty array of floats.
 */
export function stringList(group: Group, attribute: string): string[] | undefined {
  const names = attributeNames(group);
  if (names.includes(attribute)) return strings(group, attribute);
  const parts = names
    .filter((name) => name.startsWith(attribute) && /^\d+$/.test(name.slice(attribute.length)))
    .sort((a, b) => Number(a.slice(attribute.length)) - Number(b.slice(attribute.length)));
  return parts.length > 0 ? parts.flatMap((part) => strings(group, part)) : undefined;
}

/** A single string, or nothing if there is no such attribute. */
export function stringAttribute(group: Group, attribute: string): string | undefined {
  if (!attributeNames(group).includes(attribute)) return undefined;
  return strings(group, attribute)[0];
}

function attributeNames(group: Group): string[] {
  return ask(() => Object.keys(group.attrs));
}

function strings(group: Group, attribute: string): string[] {
  const value = ask(() => group.attrs[attribute]?.value);
  const list = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return list.filter((entry) => typeof entry === 'string');
}

function storedTensor(dataset: Dataset): StoredTensor {
  const { path, metadata } = ask(() => ({ path: dataset.path, metadata: dataset.metadata }));
  return {
    path,
    shape: metadata.shape ?? [],
    isInteger: metadata.type === integerClass,
    read: () => readFloats(dataset),
  };
}

function readFloats(dataset: Dataset): Float32Array {
  const { path } = dataset;
  const { dtype, metadata } = askOrReject(path, () => ({ dtype: dataset.dtype, metadata: dataset.metadata }));
  if (dtype !== '<f' && dtype !== '<d') {
    throw new UnusableModel(
      `${path} holds ${JSON.stringify(dtype)}; expected float32: save the model in float32`,
    );
  }
  const bytes = metadata.total_size * metadata.size;
  if (bytes > maxTensorBytes) {
    throw new UnusableModel(
      `${path} has ${metadata.total_size} values; a weight of at most ${maxTensorBytes / 1e6} MB was expected`,
    );
  }
  const values = askOrReject(path, () => dataset.value, callMs + bytes / bytesPerMs);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float64Array) return Float32Array.from(values);
  // The library gives a tensor without dimensions as a number.
  if (typeof values === 'number') return Float32Array.of(values);
  throw unreadable(path);
}

function askOrReject<Answer>(path: string, question: () => Answer, limitMs = callMs): Answer {
  try {
    return ask(question, limitMs);
  } catch (cause) {
    throw unreadable(path, { cause });
  }
}

function unreadable(path: string, options?: ErrorOptions): UnusableModel {
  return new UnusableModel(`${path} cannot be read: the file is damaged`, options);
}

/**
 * Asks the library: at some damaged files it goes round in circles.
 *
 * @throws TimeIsUp, and whatever the library throws
 */
function ask<Answer>(question: () => Answer, limitMs = callMs): Answer {
  return runWithin(limitMs, question);
}

/** The same, and nothing where the library throws. */
function askUnlessBroken<Answer>(question: () => Answer): Answer | undefined {
  try {
    return ask(question);
  } catch (error) {
    if (error instanceof TimeIsUp) throw error;
    return undefined;
  }
}

// All but the values come in a millisecond, and those at 100 MB a second or more: this is for slow machines.
const callMs = 1000;
const bytesPerMs = 10_000;
