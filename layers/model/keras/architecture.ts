/** ResNet50, 101 and 152 (version 1) as keras.applications builds them: the names, shapes and order of their layers. */
/** A convolution with the batch normalisation after it; its layers are called `NAME_conv` and `NAME_bn`. */
export interface Unit {
  /** `conv1` or, for the second convolution of the first block of stage 3, `conv3_block1_2`; `…_0` is the shortcut's. */
  readonly name: string;
  /** [height, width, input channels, output channels] */
  readonly kernelShape: readonly [number, number, number, number];
  readonly stride: 1 | 2;
}

export interface Variant {
  readonly title: string;
  /** How many blocks the stages conv2, conv3, conv4 and conv5 have. */
  readonly blocks: readonly [number, number, number, number];
}

export const variants: readonly Variant[] = [
  { title: 'ResNet50', blocks: [3, 4, 6, 3] },
  { title: 'ResNet101', blocks: [3, 4, 23, 3] },
  { title: 'ResNet152', blocks: [3, 8, 36, 3] },
];

/** The stages' numbers, in step with `Variant.blocks`. */
export const stages = [2, 3, 4, 5] as const;

/**
 * All convolutions in the order of Keras' `model.layers`, which is topological: the shortcut's comes before the last of its
 * block.
 *
 * @param width Channels of the first convolution: 64 in Keras' own networks.
 */
export function unitsOf({ blocks }: Variant, width: number): Unit[] {
  return [
    { name: 'conv1', kernelShape: [7, 7, 3, width], stride: 2 },
    ...stages.flatMap((stage, i) => {
      const narrow = width * 2 ** i;
      const firstInput = i === 0 ? width : narrow * 2;
      const firstStride = i === 0 ? 1 : 2;
      return Array.from({ length: blocks[i]! }, (_, block) =>
        unitsOfBlock(
          `conv${stage}_block${block + 1}`,
          narrow,
          block === 0 ? firstInput : narrow * 4,
          block === 0 ? firstStride : undefined,
        ),
      ).flat();
    }),
  ];
}

/** @param shortcutStride Only a stage's first block has a convolution in its shortcut. */
function unitsOfBlock(block: string, narrow: number, input: number, shortcutStride?: 1 | 2): Unit[] {
  return [
    { name: `${block}_1`, kernelShape: [1, 1, input, narrow], stride: shortcutStride ?? 1 },
    { name: `${block}_2`, kernelShape: [3, 3, narrow, narrow], stride: 1 },
    ...(shortcutStride
      ? [{ name: `${block}_0`, kernelShape: [1, 1, input, narrow * 4], stride: shortcutStride } as const]
      : []),
    { name: `${block}_3`, kernelShape: [1, 1, narrow, narrow * 4], stride: 1 },
  ];
}

const legacyName = /^(res|bn)([2-5])([a-z])_branch(1|2a|2b|2c)$/;
const legacyPositions: Readonly<Record<string, number>> = { '1': 0, '2a': 1, '2b': 2, '2c': 3 };

/** Whether keras.applications gave this name to a layer before 2019 (`res2a_branch2b`, `bn_conv1`). */
export function isLegacyName(name: string): boolean {
  return legacyName.test(name) || name === 'conv1' || name === 'bn_conv1';
}

/** Today's name of a layer called as before 2019: `res2a_branch2b` is `conv2_block1_2_conv`. Other names stay as they are. */
export function modernName(name: string): string {
  if (name === 'conv1') return 'conv1_conv';
  if (name === 'bn_conv1') return 'conv1_bn';
  const [, kind, stage, block, branch] = legacyName.exec(name) ?? [];
  if (!kind || !block || !branch) return name;
  const number = block.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
  return `conv${stage}_block${number}_${legacyPositions[branch]}_${kind === 'res' ? 'conv' : 'bn'}`;
}
