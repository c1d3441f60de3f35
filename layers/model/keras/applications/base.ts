/** The network of keras.applications that a model is or contains, known by the names of its layers: a hint, nothing more. */
import type { KerasBase } from '../converted.ts';

interface Signature {
  readonly name: string;
  /** All of these are there. */
  readonly has: readonly string[];
  /** None of these is. */
  readonly lacks?: readonly string[];
  readonly mode?: KerasBase['mode'];
}

const signatures: readonly Signature[] = [
  ...(['50', '101', '152'] as const).flatMap((depth): Signature[] => {
    const blocks = { '50': 6, '101': 23, '152': 36 }[depth];
    const has = ['conv1_conv', 'conv5_block3_out', `conv4_block${blocks}_out`];
    const lacks = [`conv4_block${blocks + 1}_out`];
    return [
      { name: `ResNet${depth}V2`, has: [...has, 'post_bn'], lacks, mode: 'tf' },
      { name: `ResNet${depth}`, has, lacks: [...lacks, 'post_bn'], mode: 'caffe' },
    ];
  }),
  { name: 'ResNet50', has: ['conv1', 'res5c_branch2c'], mode: 'caffe' },
  { name: 'VGG19', has: ['block1_conv1', 'block5_conv4'], mode: 'caffe' },
  { name: 'VGG16', has: ['block1_conv1', 'block5_conv3'], lacks: ['block5_conv4'], mode: 'caffe' },
  { name: 'Xception', has: ['block1_conv1', 'block14_sepconv2'], mode: 'tf' },
  { name: 'InceptionV3', has: ['mixed0', 'mixed10'], mode: 'tf' },
  { name: 'InceptionResNetV2', has: ['mixed_5b', 'conv_7b'], mode: 'tf' },
  { name: 'MobileNet', has: ['conv_dw_1', 'conv_pw_13'], mode: 'tf' },
  { name: 'MobileNetV2', has: ['expanded_conv_depthwise', 'block_16_project'], mode: 'tf' },
  { name: 'MobileNetV3', has: ['expanded_conv_project', 'expanded_conv_10_project'], mode: 'tf' },
  {
    name: 'DenseNet121',
    has: ['conv4_block24_concat', 'conv5_block16_concat'],
    lacks: ['conv4_block25_concat'],
    mode: 'torch',
  },
  {
    name: 'DenseNet169',
    has: ['conv4_block32_concat', 'conv5_block32_concat'],
    lacks: ['conv4_block33_concat'],
    mode: 'torch',
  },
  { name: 'DenseNet201', has: ['conv4_block48_concat', 'conv5_block32_concat'], mode: 'torch' },
  { name: 'NASNet', has: ['stem_conv1', 'stem_bn1', 'adjust_bn_stem_1'], mode: 'tf' },
  { name: 'EfficientNet', has: ['stem_conv', 'block2a_expand_conv', 'block3a_se_reduce', 'top_conv'] },
  { name: 'EfficientNetV2', has: ['stem_conv', 'block2a_expand_conv', 'block4a_se_reduce', 'top_conv'] },
];

/** @param names Of all layers, those of nested models included. @param hasPreprocessing Whether the network scales its pixels. */
export function recogniseBase(names: ReadonlySet<string>, hasPreprocessing: boolean): KerasBase | undefined {
  const found = signatures.find(
    ({ has, lacks = [] }) => has.every((name) => names.has(name)) && !lacks.some((name) => names.has(name)),
  );
  if (found) return { name: found.name, ...(found.mode && !hasPreprocessing && { mode: found.mode }) };
  return [...names].some((name) => /^convnext_\w+_stage_3_block_0/.test(name))
    ? { name: 'ConvNeXt' }
    : undefined;
}
