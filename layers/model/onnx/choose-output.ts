/** Finds the output of an ONNX graph that holds the scores, among the others that tools export. */
import { UnusableModel } from '../unusable-model.ts';
import { namesOf } from './inspect.ts';
import {
  float16,
  float32,
  float64,
  type GraphProto,
  type NodeProto,
  producersOf,
  toNumber,
  type ValueProto,
} from './proto.ts';
import { traceBack } from './trace-back.ts';

export interface OutputChoice {
  /** The user's, an output or any value in the graph. */
  readonly output?: string;
  /** The number of labels that the user gives. */
  readonly labelCount?: number;
}

export interface ScoreOutput {
  readonly name: string;
  /** `TensorProto.DataType`; absent where it is not known. */
  readonly elemType?: number;
  /** The classes' names, where the graph holds them. */
  readonly labels?: readonly string[];
}

/**
 * Chooses the output with the scores: the user's, the only floating-point one, or the only one of these
 * with as many as there are labels. A map of labels to scores, as scikit-learn and Custom Vision export it, stands for
 * the scores it is made of.
 *
 * @throws UnusableModel if there is none, or more than one.
 */
export function chooseOutput(graph: GraphProto, choice: OutputChoice, path: string): ScoreOutput {
  const producerOf = producersOf(graph);
  if (choice.output !== undefined)
    return withLabels(namedOutput(choice.output, graph, producerOf, path), graph);
  const candidates = graph.output.flatMap((value) => candidateOf(value, producerOf) ?? []);
  const fitting = candidates.length > 1 ? candidates.filter(fits(choice.labelCount)) : candidates;
  if (fitting.length === 1) return withLabels(fitting[0]!, graph);
  throw new UnusableModel(candidates.length > 0 ? tooMany(graph, path) : noScores(graph, producerOf, path));
}

interface Candidate extends ScoreOutput {
  readonly classes?: number;
}

type Producers = ReadonlyMap<string, NodeProto>;

function namedOutput(name: string, graph: GraphProto, producerOf: Producers, path: string): Candidate {
  const value = graph.output.find((output) => output.name === name);
  if (value) {
    const candidate = candidateOf(value, producerOf);
    if (candidate) return candidate;
    throw new UnusableModel(noScores({ ...graph, output: [value] }, producerOf, path));
  }
  if (producerOf.has(name)) return { name };
  throw new UnusableModel(
    `${path} has no output '${name}', and no node of that output; its outputs are ${namesOf(graph.output)}`,
  );
}

function candidateOf({ name, type }: ValueProto, producerOf: Producers): Candidate | undefined {
  const producer = producerOf.get(name);
  if (producer?.opType === 'ZipMap') return keysOf(producer);
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType === undefined || ![float32, float16, float64].includes(elemType)) return undefined;
  if (rankingNode(name, producerOf)) return undefined;
  const sizes = shape?.dim.slice(1).map(({ dimValue }) => toNumber(dimValue ?? 0)) ?? [];
  const classes = sizes.reduce((product, size) => product * size, 1);
  return { name, elemType, ...(sizes.length > 0 && classes > 0 && { classes }) };
}

/** The scores that a map is made of, and the labels that are its keys. */
function keysOf(map: NodeProto): Candidate {
  const labels = labelsOf(map);
  // Numeric keys are the classes' positions, not their names.
  const classes = labels.length || attributeOf(map, 'classlabels_int64s')?.ints?.length;
  return { name: map.input[0]!, ...(labels.length > 0 && { labels }), ...(classes && { classes }) };
}

/** scikit-learn's classifiers hold their labels even if their scores are a plain tensor; Lobe's exports have a tensor of texts. */
function withLabels(output: Candidate, { node, initializer }: GraphProto): Candidate {
  if (output.labels) return output;
  const texts = initializer.map(({ stringData }) => decoded(stringData));
  const lists = [...node.map(labelsOf), ...texts].filter(
    ({ length }) => length > 0 && length === (output.classes ?? length),
  );
  const [labels] = lists;
  const areEqual = lists.every((list) => JSON.stringify(list) === JSON.stringify(labels));
  return labels && areEqual ? { ...output, labels } : output;
}

function labelsOf(node: NodeProto): string[] {
  return decoded(attributeOf(node, 'classlabels_strings')?.strings);
}

function decoded(texts: readonly Uint8Array[] = []): string[] {
  return texts.map((bytes) => new TextDecoder().decode(bytes));
}

function attributeOf({ attribute = [] }: NodeProto, wanted: string) {
  return attribute.find(({ name }) => name === wanted);
}

/** A single output scores two classes: the labels name both, or the second one. */
function fits(labelCount: number | undefined) {
  return ({ classes }: Candidate): boolean =>
    classes !== undefined && (classes === labelCount || (classes === 1 && (labelCount ?? 3) <= 2));
}

function tooMany({ output }: GraphProto, path: string): string {
  return `${path} has ${output.length} outputs (${namesOf(output)}), and the number of labels does not decide between them: name the one with the scores with --output NAME`;
}

function noScores({ output }: GraphProto, producerOf: Producers, path: string): string {
  for (const { name } of output) {
    const producer = producerOf.get(name);
    if (producer?.opType === 'QuantizeLinear') {
      return `${path}: output '${name}' holds quantised numbers: take the values before quantisation with --output ${producer.input[0]}`;
    }
    const ranking = rankingNode(name, producerOf);
    if (ranking) {
      return `${path}: output '${name}' ranks the classes (${ranking.opType}) instead of scoring each: take the scores it is computed from with --output ${ranking.input[0]}`;
    }
  }
  return `${path} has no floating-point output (${namesOf(output)}): name a value that holds the scores with --output NAME`;
}

/** They pass values on in their order. */
const transparent = new Set(['Cast', 'Identity', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);

/** The node that reduces the scores to the best ones, or to their order. */
function rankingNode(value: string, producerOf: Producers): NodeProto | undefined {
  const origin = traceBack(value, producerOf, transparent);
  const node = origin && producerOf.get(origin.value);
  return node && ['ArgMax', 'TopK'].includes(node.opType) ? node : undefined;
}
