/** The names and shapes of the tensors of thin ResNets. */

export interface Design {
  readonly blocks: readonly number[];
  readonly isBottleneck: boolean;
  readonly groups?: number;
  /** The channels of the middle convolution, as a multiple of the usual. */
  readonly widening?: number;
}

/** Adds the shapes of a batch normalisation. */
export function normalise(shapes: Map<string, number[]>, name: string, channels: number): void {
  for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
    shapes.set(`${name}.${part}`, [channels]);
  shapes.set(`${name}.num_batches_tracked`, []);
}

/** Replaces the stem by three convolutions. */
export function deepen(shapes: Map<string, number[]>): Map<string, number[]> {
  shapes.delete('conv1.weight');
  shapes.set('conv1.0.weight', [4, 3, 3, 3]);
  normalise(shapes, 'conv1.1', 4);
  shapes.set('conv1.3.weight', [4, 4, 3, 3]);
  normalise(shapes, 'conv1.4', 4);
  shapes.set('conv1.6.weight', [8, 4, 3, 3]);
  return shapes;
}

/** Moves the shortcuts behind a pooling. */
export function average(shapes: ReadonlyMap<string, number[]>): Map<string, number[]> {
  const moved = (name: string) =>
    name.replace(/downsample\.([01])\./, (_, place) => `downsample.${Number(place) + 1}.`);
  return new Map([...shapes].map(([name, shape]) => [moved(name), shape]));
}

export function addGates(shapes: Map<string, number[]>): Map<string, number[]> {
  for (const name of [...shapes.keys()].filter((key) => key.endsWith('conv2.weight'))) {
    const [channels] = shapes.get(name)!;
    const gate = name.replace('conv2.weight', 'se');
    shapes.set(`${gate}.fc1.weight`, [2, channels!, 1, 1]);
    shapes.set(`${gate}.fc1.bias`, [2]);
    shapes.set(`${gate}.fc2.weight`, [channels!, 2, 1, 1]);
    shapes.set(`${gate}.fc2.bias`, [channels!]);
  }
  return shapes;
}

/** The shapes of a thin network. */
export function shapesOf({ blocks, isBottleneck, groups = 1, widening = 1 }: Design): Map<string, number[]> {
  const shapes = new Map<string, number[]>([['conv1.weight', [8, 3, 7, 7]]]);
  const norm = (name: string, channels: number) => normalise(shapes, name, channels);
  norm('bn1', 8);
  let width = 8;
  blocks.forEach((count, stage) => {
    const narrow = 8 * 2 ** stage;
    const out = isBottleneck ? narrow * 4 : narrow;
    const middle = narrow * widening;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const convolutions = isBottleneck
        ? [
            [middle, width, 1],
            [middle, middle / groups, 3],
            [out, middle, 1],
          ]
        : [
            [narrow, width, 3],
            [narrow, narrow, 3],
          ];
      convolutions.forEach(([outputs, inputs, side], i) => {
        shapes.set(`${name}.conv${i + 1}.weight`, [outputs!, inputs!, side!, side!]);
        norm(`${name}.bn${i + 1}`, outputs!);
      });
      if (block === 0 && (stage > 0 || width !== out)) {
        shapes.set(`${name}.downsample.0.weight`, [out, width, 1, 1]);
        norm(`${name}.downsample.1`, out);
      }
      width = out;
    }
  });
  shapes.set('fc.weight', [4, width]);
  shapes.set('fc.bias', [4]);
  return shapes;
}
