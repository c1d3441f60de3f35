import { describe, expect, it } from 'vitest';
import { parseImageProcessor } from '../../../../layers/model/huggingface/image-processor.ts';

const path = 'preprocessor_config.json';
const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };

function parse(config: Readonly<Record<string, unknown>>, channels = 3) {
  return parseImageProcessor(JSON.stringify(config), channels, path);
}

function square(side: number) {
  return { width: side, height: side };
}

describe('an image processor of Hugging Face', () => {
  it('normalises as its fields say', () => {
    const { preprocess } = parse({
      image_processor_type: 'ViTImageProcessor',
      size: { height: 224, width: 224 },
      resample: 2,
      do_rescale: true,
      rescale_factor: 0.00392156862745098,
      do_normalize: true,
      ...imagenet,
    });

    expect(preprocess).toEqual({
      mode: { order: 'RGB', scale: 0.00392156862745098, mean: imagenet.image_mean, std: imagenet.image_std },
      interpolation: 'bilinear',
      policy: 'stretch',
    });
  });

  it.each([
    ['a square', { size: { height: 300, width: 200 } }, { width: 200, height: 300 }, undefined],
    [
      "ViT's plain number",
      { feature_extractor_type: 'ViTFeatureExtractor', size: 224 },
      square(224),
      undefined,
    ],
    [
      'a square, next to sides that are null',
      {
        size: { height: 224, width: 224, shortest_edge: null, longest_edge: null },
        crop_size: null,
        do_center_crop: null,
      },
      square(224),
      undefined,
    ],
    ['an old pair of width and height', { size: [200, 300] }, { width: 200, height: 300 }, undefined],
    [
      'the shorter side, then the centre',
      { size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 }, do_center_crop: true },
      square(224),
      256,
    ],
    [
      'a square, then its centre',
      { image_processor_type: 'DeiTImageProcessor', size: 256, crop_size: 224, do_center_crop: true },
      square(224),
      square(256),
    ],
    [
      "CLIP's plain numbers",
      { feature_extractor_type: 'CLIPFeatureExtractor', size: 224, crop_size: 224, do_center_crop: true },
      square(224),
      224,
    ],
    [
      'no cut that is switched off',
      { size: { height: 224, width: 224 }, crop_size: { height: 200, width: 200 }, do_center_crop: false },
      square(224),
      undefined,
    ],
    [
      "ConvNext's share of the shorter side",
      { feature_extractor_type: 'ConvNextFeatureExtractor', size: 224, crop_pct: 0.9 },
      square(224),
      248,
    ],
    [
      "ConvNext's usual share",
      { image_processor_type: 'ConvNextImageProcessorFast', size: { shortest_edge: 224 } },
      square(224),
      256,
    ],
    [
      "ConvNext's square from 384 pixels on",
      { image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 384 }, crop_pct: 1 },
      square(384),
      undefined,
    ],
    [
      "PoolFormer's share",
      {
        image_processor_type: 'PoolFormerImageProcessor',
        size: { shortest_edge: 224 },
        crop_pct: 0.9,
        crop_size: 224,
        do_center_crop: true,
      },
      square(224),
      248,
    ],
    [
      "PoolFormer's share of both sides",
      {
        image_processor_type: 'PoolFormerImageProcessor',
        size: { height: 224, width: 448 },
        crop_pct: 0.9,
        crop_size: { shortest_edge: 224 },
        do_center_crop: true,
      },
      square(224),
      { width: 497, height: 248 },
    ],
    [
      "LeViT's share",
      {
        image_processor_type: 'LevitImageProcessor',
        size: { shortest_edge: 224 },
        crop_size: { height: 224, width: 224 },
        do_center_crop: true,
      },
      square(224),
      256,
    ],
  ])('scales to %s', (_, config, size, resizeTo) => {
    const found = parse(config);

    expect(found.size).toEqual(size);
    expect(found.preprocess).toMatchObject(
      resizeTo === undefined ? { policy: 'stretch' } : { policy: 'resize-crop', resizeTo },
    );
  });

  it.each([
    [
      'plain pixels',
      { do_rescale: false, do_normalize: false },
      { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
    ],
    [
      'the usual scale',
      { do_normalize: false },
      { order: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
    ],
    [
      "EfficientNet's offset and second division",
      {
        rescale_factor: 1 / 127.5,
        rescale_offset: true,
        do_normalize: true,
        image_mean: [0, 0, 0],
        image_std: [2, 4, 8],
        include_top: true,
      },
      { order: 'RGB', scale: 1 / 127.5, mean: [1, 1, 1], std: [4, 16, 64] },
    ],
    [
      "MobileViT's blue first",
      { do_flip_channel_order: true, do_normalize: false },
      { order: 'BGR', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
    ],
    [
      'one mean for all channels',
      { image_mean: 0.5, image_std: [0.25] },
      { order: 'RGB', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    ],
  ])('computes %s', (_, config, mode) => {
    expect(parse({ size: { height: 8, width: 8 }, ...config }).preprocess.mode).toEqual(mode);
  });

  it('computes grey for a network with one channel', () => {
    const { preprocess } = parse({ size: { height: 8, width: 8 }, image_mean: [0.5], image_std: [0.5] }, 1);

    expect(preprocess.mode).toEqual({ order: 'L', scale: 1 / 255, mean: [0.5], std: [0.5] });
  });

  it.each([
    [0, 'nearest'],
    [1, 'lanczos'],
    [3, 'bicubic'],
    [4, 'box'],
    [5, 'hamming'],
    ['bicubic', 'bicubic'],
  ])('names the filter %s', (resample, interpolation) => {
    expect(parse({ size: { height: 8, width: 8 }, resample }).preprocess).toMatchObject({ interpolation });
  });

  it('leaves the filter undefined if it names none', () => {
    expect(parse({ size: { height: 8, width: 8 } }).preprocess).not.toHaveProperty('interpolation');
  });

  it.each([
    [
      'a step of its own',
      { size: { height: 8, width: 8 }, do_color_quantize: true },
      'do_color_quantize is a step that is not supported',
    ],
    ['padding', { size: { height: 8, width: 8 }, do_pad: true }, 'do_pad is a step that is not supported'],
    ['no size', { image_mean: [0, 0, 0] }, 'gives no size'],
    ['no scaling', { do_resize: false, size: 224 }, 'gives no size'],
    ['the shorter side without a cut', { size: { shortest_edge: 224 } }, 'cuts nothing'],
    ['the longer side', { size: { longest_edge: 224 } }, 'size must be a number of pixels'],
    [
      'a plain number of an unknown class',
      { image_processor_type: 'NewImageProcessor', size: 224 },
      '\'NewImageProcessor\' is not among those known here: write it as { "shortest_edge": 224 }',
    ],
    [
      'a square for ConvNext',
      { image_processor_type: 'ConvNextImageProcessor', size: { height: 8, width: 8 } },
      'size should be { shortest_edge }',
    ],
    ['an unknown filter', { size: { height: 8, width: 8 }, resample: 9 }, 'resample is 9'],
    [
      'two means',
      { size: { height: 8, width: 8 }, image_mean: [1, 2], image_std: [1, 2] },
      'image_mean has 2 values; the network',
    ],
    [
      'no means where it normalises',
      { size: { height: 8, width: 8 }, do_normalize: true },
      'image_mean has 0 values; the network',
    ],
    ['a size of nothing', { size: 0 }, 'size should be >=1'],
  ])('refuses %s', (_, config, message) => {
    expect(() => parse(config)).toThrow(`${path}`);
    expect(() => parse(config)).toThrow(message);
  });

  it('refuses a file that is not JSON', () => {
    expect(() => parseImageProcessor('{', 3, path)).toThrow(`${path} is not JSON`);
  });
});
