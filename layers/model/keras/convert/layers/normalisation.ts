/** Normalisations by stored statistics and by those of the tensor itself. */
import type { StoredTensor } from '../../hdf5.ts';
import { type LayerCall, sizeOf, type Value, value } from '../layer-call.ts';
import { axisOf, isImage, reshapeTo, storedAxis, storedShape, storedTable } from '../layout.ts';

export function batchNormalization(call: LayerCall): Value {
  const { settings, graph, path } = call;
  const [input] = call.inputs as [Value];
  const rank = input.shape.length;
  const [place] = axesOf(call, settings.raw('axis', -1)) as [number];
  const channels = input.shape[place]!;
  const shape = [channels];
  const epsilon = settings.number('epsilon', 1e-3);
  const stored = call.weights({
    ...(settings.flag('scale', true) && { gamma: shape }),
    ...(settings.flag('center', true) && { beta: shape }),
    moving_mean: shape,
    moving_variance: shape,
  } as Partial<Record<'gamma' | 'beta' | 'moving_mean' | 'moving_variance', number[]>>);
  const weight = (name: string, tensor: StoredTensor | undefined, missing: number) =>
    graph.weight(`${path}/${name}`, shape, tensor?.read ?? (() => new Float32Array(channels).fill(missing)));
  const statistics = [
    weight('gamma', stored.gamma, 1),
    weight('beta', stored.beta, 0),
    weight('moving_mean', stored.moving_mean, 0),
    weight('moving_variance', stored.moving_variance, 1),
  ];
  const normalise = (name: string) =>
    graph.node('BatchNormalization', path, [name, ...statistics], { epsilon: { float: epsilon } });
  // ONNX takes axis 1 for the channels, which is where images and vectors have them.
  if (place !== rank - 1 || rank > 3)
    return call.refuse(`normalises along axis ${place + 1}; expected the last`);
  if (rank !== 2) return value(normalise(input.name), input.shape);
  const turned = graph.node('Transpose', `${path}/channels_first`, [input.name], { perm: [0, 2, 1] });
  return value(
    graph.node('Transpose', `${path}/channels_last`, [normalise(turned)], { perm: [0, 2, 1] }),
    input.shape,
  );
}

export function layerNormalization(call: LayerCall): Value {
  const { settings, graph, path } = call;
  const [input] = call.inputs as [Value];
  const places = axesOf(call, settings.raw('axis', -1));
  const epsilon = settings.number('epsilon', 1e-3);
  if (settings.flag('rms_scaling', false)) return call.refuse('has rms_scaling, which is not supported');
  const shape = places.map((place) => input.shape[place]!);
  const { gamma, beta } = call.weights({
    ...(settings.flag('scale', true) && { gamma: shape }),
    ...(settings.flag('center', true) && { beta: shape }),
  } as Partial<Record<'gamma' | 'beta', number[]>>);
  const rank = input.shape.length;
  if (!isImage(input.shape) && places.length === 1 && places[0] === rank - 1) {
    const scale = graph.weight(
      `${path}/gamma`,
      shape,
      gamma?.read ?? (() => new Float32Array(shape[0]!).fill(1)),
    );
    const shift = beta ? [graph.weight(`${path}/beta`, shape, beta.read)] : [];
    const name = graph.node('LayerNormalization', path, [input.name, scale, ...shift], {
      axis: -1,
      epsilon: { float: epsilon },
    });
    return value(name, input.shape);
  }
  const normalised = standardise(call, input, places, epsilon);
  const table = tableShape(input.shape, places);
  const scaled = gamma ? byTable(call, 'Mul', normalised, 'gamma', table, gamma.read) : normalised;
  return beta ? byTable(call, 'Add', scaled, 'beta', table, beta.read) : scaled;
}

/** (x - mean) / sqrt(variance + epsilon) over some axes. */
function standardise(call: LayerCall, input: Value, places: readonly number[], epsilon: number): Value {
  const { graph, path } = call;
  const axes = places.map((place) => storedAxis(input.shape, place)).toSorted((a, b) => a - b);
  const along = graph.integers(`${path}/axes`, axes);
  const mean = (name: string, of: string) =>
    graph.node('ReduceMean', `${path}/${name}`, [of, along], { keepdims: 1 });
  const centred = graph.node('Sub', `${path}/centred`, [input.name, mean('mean', input.name)]);
  const squares = graph.node('Mul', `${path}/squares`, [centred, centred]);
  const variance = graph.node('Add', `${path}/stable_variance`, [
    mean('variance', squares),
    graph.scalar(`${path}/epsilon`, epsilon),
  ]);
  const deviation = graph.node('Sqrt', `${path}/deviation`, [variance]);
  return value(graph.node('Div', path, [centred, deviation]), input.shape);
}

export function groupNormalization(call: LayerCall): Value {
  const { settings, graph, path } = call;
  const [input] = call.inputs as [Value];
  const rank = input.shape.length;
  const [place] = axesOf(call, settings.raw('axis', -1)) as [number];
  const channels = input.shape.at(-1)!;
  if (place !== rank - 1) return call.refuse(`normalises along axis ${place + 1}; expected the last`);
  const given = settings.number('groups', 32);
  const groups = given === -1 ? channels : given;
  if (!(groups >= 1) || channels % groups !== 0) {
    return call.refuse(`has ${given} groups of ${channels} channels`);
  }
  const { gamma, beta } = call.weights({
    ...(settings.flag('scale', true) && { gamma: [channels] }),
    ...(settings.flag('center', true) && { beta: [channels] }),
  } as Partial<Record<'gamma' | 'beta', number[]>>);
  const epsilon = settings.number('epsilon', 1e-3);

  const isSequence = rank === 2;
  const first = isSequence
    ? graph.node('Transpose', `${path}/channels_first`, [input.name], { perm: [0, 2, 1] })
    : input.name;
  const grouped = reshapeTo(graph, `${path}/groups`, first, [groups, sizeOf(input.shape) / groups]);
  const normalised = graph.node(
    'InstanceNormalization',
    path,
    [
      grouped,
      graph.weight(`${path}/ones`, [groups], () => new Float32Array(groups).fill(1)),
      graph.weight(`${path}/zeros`, [groups], () => new Float32Array(groups)),
    ],
    { epsilon: { float: epsilon } },
  );
  const shape = isSequence ? [channels, input.shape[0]!] : storedShape(input.shape);
  const back = reshapeTo(graph, `${path}/ungrouped`, normalised, shape);
  const name = isSequence
    ? graph.node('Transpose', `${path}/channels_last`, [back], { perm: [0, 2, 1] })
    : back;
  const table = tableShape(input.shape, [rank - 1]);
  const scaled = gamma
    ? byTable(call, 'Mul', value(name, input.shape), 'gamma', table, gamma.read)
    : value(name, input.shape);
  return beta ? byTable(call, 'Add', scaled, 'beta', table, beta.read) : scaled;
}

/** x / sqrt(sum of x²), or x / epsilon² for nothing but zeros. */
export function unitNormalization(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [input] = call.inputs as [Value];
  const axes = axesOf(call, settings.raw('axis', -1)).map((place) => storedAxis(input.shape, place));
  const norm = graph.node('ReduceL2', `${path}/norm`, [input.name, graph.integers(`${path}/axes`, axes)], {
    keepdims: 1,
  });
  const floor = graph.scalar(`${path}/smallest`, 1e-12);
  const name = graph.node('Div', path, [input.name, graph.node('Max', `${path}/stable_norm`, [norm, floor])]);
  return value(name, input.shape);
}

/** x / sqrt(mean of x² + epsilon), by a factor. */
export function rmsNormalization(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [input] = call.inputs as [Value];
  const places = axesOf(call, settings.raw('axis', -1));
  const { scale } = call.weights({ scale: places.map((place) => input.shape[place]!) });
  const along = graph.integers(
    `${path}/axes`,
    places.map((place) => storedAxis(input.shape, place)),
  );
  const squares = graph.node('Mul', `${path}/squares`, [input.name, input.name]);
  const mean = graph.node('ReduceMean', `${path}/mean`, [squares, along], { keepdims: 1 });
  const stable = graph.node('Add', `${path}/stable`, [
    mean,
    graph.scalar(`${path}/epsilon`, settings.number('epsilon', 1e-6)),
  ]);
  const root = graph.node('Sqrt', `${path}/root`, [stable]);
  const normalised = value(graph.node('Div', path, [input.name, root]), input.shape);
  return byTable(call, 'Mul', normalised, 'scale', tableShape(input.shape, places), scale.read);
}

/** ConvNeXt's: one factor for each channel. */
export function layerScale(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const channels = call.settings.integer('projection_dim', 1);
  call.settings.raw('init_values');
  const { gamma } = call.weights({ gamma: [channels] });
  return byTable(call, 'Mul', input, 'gamma', tableShape(input.shape, [input.shape.length - 1]), gamma.read);
}

/** @returns The axes' places in Keras' shape without the batch, sorted. */
export function axesOf(call: LayerCall, setting: unknown): number[] {
  const { shape } = call.inputs[0]!;
  const axes = [setting].flat();
  if (axes.length > 0 && axes.every((axis) => typeof axis === 'number')) {
    return axes.map((axis) => axisOf(call, axis, shape.length)).toSorted((a, b) => a - b);
  }
  return call.refuse(`has the axis ${JSON.stringify(setting)}; expected a number`);
}

/** A shape that broadcasts over all but the given places. */
export function tableShape(shape: readonly number[], places: readonly number[]): number[] {
  return shape.map((size, place) => (places.includes(place) ? size : 1));
}

/** Combines every image of the batch with a table of Keras' shape. */
export function byTable(
  { graph, path }: LayerCall,
  opType: 'Mul' | 'Add' | 'Sub' | 'Div',
  input: Value,
  name: string,
  shape: readonly number[],
  read: () => Float32Array,
): Value {
  const table = graph.weight(`${path}/${name}`, storedShape(shape), () => storedTable(read(), shape));
  return value(graph.node(opType, `${path}/by_${name}`, [input.name, table]), input.shape);
}
