/**
 * Rewrites a graph as tools export it into the form that the function runs: one float32 image in, the scores as float32 out,
 * in a version of the format that ONNX Runtime reads.
 */
import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnusableModel } from '../unusable-model.ts';
import type { ScoreOutput } from './choose-output.ts';
import { dataFilesOf } from './external-data.ts';
import type { GraphInput } from './inspect.ts';
import {
  encodeModel,
  float32,
  type GraphProto,
  intAttribute,
  type ModelProto,
  type NodeProto,
  producersOf,
  toNumber,
  type ValueProto,
} from './proto.ts';

/** The newest versions of the format and of its operators that the ONNX Runtime of this project supports. */
export const supported = { irVersion: 13, opset: 26 } as const;

/** Operators that opset 27 or 28 added or changed; all others mean the same in opset 26. */
const changedSince = new Map<number, readonly string[]>([
  [27, ['CausalConvWithState', 'LinearAttention', 'Range']],
  [
    28,
    [
      ...[
        'BitShift',
        'Cast',
        'Celu',
        'Compress',
        'DepthToSpace',
        'DequantizeLinear',
        'Einsum',
        'Mod',
        'OneHot',
      ],
      ...['Optional', 'OptionalGetElement', 'OptionalHasElement', 'QuantizeLinear', 'ReduceLogSum'],
      ...['ReduceLogSumExp', 'ReverseSequence', 'SpaceToDepth', 'SwiGLU', 'Unique'],
    ],
  ],
]);

/** The adapted file, and the names of its input and output. */
export interface Adapted {
  readonly path: string;
  readonly input: string;
  readonly output: string;
}

/**
 * Writes the adapted network into a folder. A network that needs no changes is used as it is.
 *
 * @throws UnusableModel if it uses operators that are too new.
 */
export function adaptModel(
  model: ModelProto,
  input: GraphInput,
  output: ScoreOutput,
  { path, folder }: { readonly path: string; readonly folder: string },
): Adapted {
  const isOldEnough = lowerVersions(model, path);
  const { graph } = model;
  const isFloat = input.elemType === float32 && output.elemType === float32;
  const isOnlyOutput = graph.output.length === 1 && graph.output[0]!.name === output.name;
  const isDynamic = (input.batch ?? 1) === 1;
  if (isOldEnough && isFloat && isOnlyOutput && isDynamic) {
    return { path, input: input.name, output: output.name };
  }
  const casts = { before: [] as NodeProto[], after: [] as NodeProto[] };
  const names = { input: input.name, output: output.name };
  if (input.elemType !== float32) {
    names.input = `${input.name}_float`;
    casts.before.push(cast(names.input, input.name, input.elemType));
  }
  if (output.elemType !== float32) {
    names.output = `${output.name}_float`;
    casts.after.push(cast(output.name, names.output, float32));
  }
  const node = [...casts.before, ...neededNodes(graph, output.name), ...casts.after];
  const used = new Set(node.flatMap((user) => user.input));
  const image = graph.input.find(({ name }) => name === input.name)!;
  // Before version 4 of the format, weights had to be inputs too.
  Object.assign(model, { irVersion: Math.max(toNumber(model.irVersion), 4) });
  // Assigned, not copied: a copy would lose the fields that onnx.proto does not name.
  Object.assign(graph, {
    node,
    initializer: hasSubgraphs(graph)
      ? graph.initializer
      : graph.initializer.filter(({ name }) => used.has(name)),
    input: [floatImage(image, names.input)],
    output: [{ name: names.output, type: { tensorType: { elemType: float32 } } }],
    // Dropped: they may contain the fixed batch.
    valueInfo: [],
  });
  return { path: writeAdapted(model, path, folder), ...names };
}

/** @returns Whether the versions are supported as they are. */
function lowerVersions(model: ModelProto, path: string): boolean {
  const versions = { ir: toNumber(model.irVersion), opset: opsetOf(model) };
  if (versions.ir <= supported.irVersion && versions.opset <= supported.opset) return true;
  const tooNew = model.graph.node.find(
    ({ opType, domain = '' }) => domain === '' && isTooNew(opType, versions.opset),
  );
  if (tooNew || versions.opset > Math.max(...changedSince.keys())) {
    throw new UnusableModel(
      `${path} uses opset ${versions.opset}${tooNew ? `, and its operator ${tooNew.opType} has changed since` : ''}; supported is opset ${supported.opset}: export it again with an older opset (torch.onnx.export and tf2onnx take one), or convert it with onnx.version_converter.convert_version(model, 21)`,
    );
  }
  Object.assign(model, {
    irVersion: Math.min(versions.ir, supported.irVersion),
    opsetImport: model.opsetImport.map((entry) =>
      entry.domain ? entry : { version: Math.min(toNumber(entry.version), supported.opset) },
    ),
  });
  return false;
}

function isTooNew(opType: string, opset: number): boolean {
  return [...changedSince].some(([version, operators]) => version <= opset && operators.includes(opType));
}

function opsetOf({ opsetImport }: ModelProto): number {
  return toNumber(opsetImport.find(({ domain }) => !domain)?.version ?? 0);
}

function cast(from: string, to: string, elemType: number): NodeProto {
  return {
    name: `${to}_cast`,
    opType: 'Cast',
    input: [from],
    output: [to],
    attribute: [{ name: 'to', type: intAttribute, i: elemType }],
  };
}

/** The image's input as float32, of any number of images. */
function floatImage({ type }: ValueProto, name: string): ValueProto {
  const [, ...sizes] = type.tensorType?.shape?.dim ?? [];
  return {
    name,
    type: { tensorType: { elemType: float32, shape: { dim: [{ dimParam: 'batch' }, ...sizes] } } },
  };
}

/** The nodes that an output depends on. */
function neededNodes(graph: GraphProto, output: string): readonly NodeProto[] {
  if (hasSubgraphs(graph)) return graph.node;
  const producerOf = producersOf(graph);
  const needed = new Set<NodeProto>();
  const open = [output];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = producerOf.get(value);
    if (!node || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.input);
  }
  return graph.node.filter((node) => needed.has(node));
}

/** Graphs inside of these operators may use any value of the outer one. */
export function hasSubgraphs({ node }: GraphProto): boolean {
  return node.some(({ opType }) => ['If', 'Loop', 'Scan', 'SequenceMap'].includes(opType));
}

function writeAdapted(model: ModelProto, path: string, folder: string): string {
  const home = join(folder, 'adapted');
  mkdirSync(home);
  for (const file of dataFilesOf(model.graph)) {
    const target = join(home, file);
    mkdirSync(dirname(target), { recursive: true });
    linkOrCopy(join(dirname(path), file), target);
  }
  const adapted = join(home, 'model.onnx');
  writeFileSync(adapted, encodeModel(model));
  return adapted;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
