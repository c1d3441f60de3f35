import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../functions/classify/decode/decode.ts';
import type { Bitmap, Orientation } from '../../../../functions/classify/image/image.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { interpolations, policies } from '../../../../functions/classify/tensor/names.ts';
import {
  type InputShape,
  type Preprocessing,
  preprocess,
} from '../../../../functions/classify/tensor/preprocess.ts';
import { type Golden, goldens, readImage } from '../../../goldens/goldens.ts';
import { answersOf, digest, noise } from './fixtures/keras-pillow.ts';

/** Arithmetic that leaves the bytes as they are. */
const plain = { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
const loadImg: Preprocessing = {
  mode: plain,
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'ignore',
};
function upright(bitmap: Bitmap) {
  return { ...bitmap, orientation: 1 as const };
}
function nhwc(width: number, height: number): InputShape {
  return { layout: 'NHWC', width, height };
}
function sha256(data: Float32Array | Uint8Array): string {
  return createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');
}

/** All 256 greys, one per pixel. */
const greys = upright({ width: 256, height: 1, data: Uint8Array.from({ length: 1024 }, (_, i) => i >> 2) });

async function likeGolden(golden: Golden, mode: Preprocessing['mode']): Promise<Float32Array> {
  const image = await decode(readImage(golden.file), defaultLimits);
  const { interpolation, target } = golden;
  const policy = golden.keepAspectRatio ? 'fit' : 'stretch';
  return preprocess(
    [image],
    { layout: 'NHWC', ...target },
    { mode, interpolation, policy, orientation: 'ignore' },
  ).data;
}

describe('preprocess on the golden images', () => {
  // Pillow has another AV1 decoder.
  const exact = goldens.filter(
    ({ format, file }) =>
      ['jpeg', 'png', 'gif', 'bmp', 'tiff', 'webp'].includes(format) && file !== 'arithmetic.jpg',
  );

  it.each(exact)(
    'makes the tensor that Keras makes: $file, $interpolation, keep_aspect_ratio $keepAspectRatio',
    async (golden) => {
      // Act
      const pixels = Uint8Array.from(await likeGolden(golden, plain));

      // Assess
      expect(sha256(pixels)).toBe(golden.sha256);
      for (const mode of ['caffe', 'torch', 'tf'] as const) {
        const expected = golden.preprocessed?.[mode];
        if (expected) expect(sha256(await likeGolden(golden, mode))).toBe(expected);
      }
    },
  );
});

describe('preprocess on noise', () => {
  it.each(answersOf('crop'))(
    'crops, then scales with Pillow: $cropFraction of $width x $height to $target, $interpolation',
    (answer) => {
      // Prepare
      const { interpolation, cropFraction } = answer;

      // Act
      const tensor = preprocess([upright(noise(answer))], nhwc(...answer.target), {
        ...loadImg,
        policy: 'crop',
        interpolation,
        cropFraction,
      });

      // Assess
      expect(digest(Uint8Array.from(tensor.data))).toBe(answer.sha256);
    },
  );

  it.each(answersOf('fit'))(
    'fits like keep_aspect_ratio: $width x $height to $target, $interpolation',
    (answer) => {
      // Prepare
      const { interpolation } = answer;

      // Act
      const tensor = preprocess([upright(noise(answer))], nhwc(...answer.target), {
        ...loadImg,
        policy: 'fit',
        interpolation,
      });

      // Assess
      expect(digest(Uint8Array.from(tensor.data))).toBe(answer.sha256);
    },
  );

  it.each([
    ['fit', undefined],
    ['crop', 0.001],
  ] as const)('always scales at least one pixel: %s of 1x501', (policy, cropFraction) => {
    // Prepare
    const line = upright(noise({ seed: 1, width: 1, height: 501, block: 1 }));
    const options = { ...loadImg, policy, ...(cropFraction && { cropFraction }) };

    // Act
    const tensor = preprocess([line], nhwc(2, 1), options);

    // Assess
    const middle = [...line.data.subarray(4 * 250, 4 * 250 + 3)];
    expect([...tensor.data]).toEqual([...middle, ...middle]);
  });
});

describe('the arithmetic of preprocess', () => {
  it.each(answersOf('mode'))('matches Keras for every byte value: $mode', ({ mode, float32 }) => {
    // Act
    const { data } = preprocess([greys], nhwc(256, 1), { ...loadImg, mode });

    // Assess
    expect(Buffer.from(data.buffer).toString('base64')).toBe(float32);
  });

  it('rounds to float32 after each step of a custom mode', () => {
    // Prepare
    const scale = 1 / 255;
    const mean = [0.48145466, 0.4578275, 0.40821073] as const;
    const std = [0.26862954, 0.26130258, 0.27577711] as const;

    // Act
    const { data } = preprocess([greys], nhwc(256, 1), {
      ...loadImg,
      mode: { order: 'RGB', scale, mean, std },
    });

    // Assess
    const constants = Float32Array.of(scale, ...mean, ...std);
    const expected = new Float32Array(768).map((_, i) => {
      const value = Float32Array.of((i / 3) | 0);
      value[0] *= constants[0];
      value[0] -= constants[1 + (i % 3)];
      value[0] /= constants[4 + (i % 3)];
      return value[0];
    });
    expect(data).toEqual(expected);
  });

  it('takes mean and std in the order of the output channels', () => {
    // Prepare
    const pixel = upright({ width: 1, height: 1, data: Uint8Array.of(10, 20, 30, 255) });
    const mode = { order: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 2, 4] } as const;

    // Act
    const { data } = preprocess([pixel], nhwc(1, 1), { ...loadImg, mode });

    // Assess
    expect([...data]).toEqual([30 - 104, (20 - 117) / 2, (10 - 123) / 4]);
  });
});

describe('preprocess for one channel', () => {
  const grey = { order: 'L', scale: 1, mean: [0], std: [1] } as const;

  it("converts colours like Pillow's convert('L')", () => {
    // Prepare: Image.merge('RGB', …).convert('L') of these pixels.
    const colours = [
      [255, 0, 0, 76],
      [0, 255, 0, 150],
      [0, 0, 255, 29],
      [10, 20, 30, 18],
      [1, 2, 3, 2],
      [200, 100, 50, 124],
      [255, 255, 254, 255],
      [7, 7, 7, 7],
    ];
    const row = upright({ width: colours.length, height: 1, data: Uint8Array.from(colours.flat()) });

    // Act
    const { dims, data } = preprocess([row], nhwc(colours.length, 1), { ...loadImg, mode: grey });

    // Assess
    expect([...data]).toEqual(colours.map(([, , , expected]) => expected));
    expect(dims).toEqual([1, 1, colours.length, 1]);
  });

  it('converts to grey before it scales', () => {
    const bitmap = noise({ seed: 3, width: 40, height: 30, block: 1 });
    const greyed = noise({ seed: 3, width: 40, height: 30, block: 1 });
    for (let i = 0; i < greyed.data.length; i += 4) {
      const [red, green, blue] = bitmap.data.subarray(i, i + 3);
      greyed.data.fill((red! * 19595 + green! * 38470 + blue! * 7471 + 0x8000) >> 16, i, i + 3);
    }
    const shape = { layout: 'NCHW', width: 9, height: 7 } as const;
    const options = { ...loadImg, interpolation: 'bicubic' } as const;

    const single = preprocess([upright(bitmap)], shape, { ...options, mode: grey });
    const triple = preprocess([upright(greyed)], shape, options);

    expect(single.dims).toEqual([1, 1, 7, 9]);
    expect(single.data).toEqual(triple.data.slice(0, 63));
  });
});

describe('preprocess on any image', () => {
  const side = fc.integer({ min: 1, max: 24 });
  const bitmap: fc.Arbitrary<Bitmap> = fc
    .record({ seed: fc.nat(1000), width: side, height: side, block: fc.constantFrom(1, 4) })
    .map(noise);
  const image = fc
    .record({ bitmap, orientation: fc.constantFrom<Orientation>(1, 2, 3, 4, 5, 6, 7, 8) })
    .map((parts) => ({
      ...parts.bitmap,
      orientation: parts.orientation,
    }));
  const preprocessing = fc.record({
    mode: fc.constantFrom<Preprocessing['mode'][]>('caffe', 'tf', 'torch', plain),
    interpolation: fc.constantFrom(...interpolations),
    policy: fc.constantFrom(...policies),
    cropFraction: fc.constantFrom(1, 0.875, 0.3),
    resizeTo: fc.constantFrom(1, 12, 30, { width: 9, height: 31 }),
    orientation: fc.constantFrom('exif', 'ignore'),
  });
  const input = fc.record({ layout: fc.constantFrom('NHWC', 'NCHW'), width: side, height: side });

  it('gives a turned image the same tensor as its upright copy', () => {
    fc.assert(
      fc.property(image, input, preprocessing, (stored, shape, options) => {
        const seen = preprocess([stored], shape, { ...options, orientation: 'exif' });
        const turned = preprocess([upright(turn(stored, stored.orientation))], shape, options);
        expect(seen).toEqual(turned);
      }),
    );
  });

  it('takes pixels as stored when the orientation is ignored', () => {
    fc.assert(
      fc.property(image, input, preprocessing, (stored, shape, options) => {
        const seen = preprocess([stored], shape, { ...options, orientation: 'ignore' });
        expect(seen).toEqual(preprocess([upright(stored)], shape, options));
      }),
    );
  });

  it('makes NCHW the transpose of NHWC', () => {
    fc.assert(
      fc.property(
        fc.array(image, { minLength: 1, maxLength: 3 }),
        input,
        preprocessing,
        (images, shape, options) => {
          const rows = preprocess(images, { ...shape, layout: 'NHWC' }, options);
          const planes = preprocess(images, { ...shape, layout: 'NCHW' }, options);
          const [n, height, width] = rows.dims;
          expect(planes.dims).toEqual([n, 3, height, width]);
          const area = height * width;
          const transposed = rows.data.map((_, i) => {
            const [index, channel, pixel] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3, i % area];
            return rows.data[index * 3 * area + pixel * 3 + channel];
          });
          expect(planes.data).toEqual(transposed);
        },
      ),
    );
  });

  it('concatenates the images of a batch', () => {
    fc.assert(
      fc.property(
        fc.array(image, { minLength: 1, maxLength: 4 }),
        input,
        preprocessing,
        (images, shape, options) => {
          const batch = preprocess(images, shape, options);
          const singles = images.map((one) => preprocess([one], shape, options));
          expect(batch.dims).toEqual([images.length, ...singles[0].dims.slice(1)]);
          expect([...batch.data]).toEqual(singles.flatMap(({ data }) => [...data]));
        },
      ),
    );
  });
});

describe('preprocess on invalid arguments', () => {
  const picture = upright(noise({ seed: 1, width: 2, height: 2, block: 1 }));

  it.each([
    ['an empty batch', [], nhwc(1, 1), {}, 'the batch is empty'],
    ['an input without width', [picture], nhwc(0, 1), {}, 'the input is 0x1'],
    ['an input of half a pixel', [picture], nhwc(1, 0.5), {}, 'the input is 1x0.5'],
    [
      'a bitmap without pixels',
      [upright({ width: 0, height: 2, data: new Uint8Array() })],
      nhwc(1, 1),
      {},
      'a 0x2 bitmap',
    ],
    [
      'a bitmap with too few bytes',
      [{ ...picture, data: new Uint8Array(15) }],
      nhwc(1, 1),
      {},
      'a 2x2 bitmap of 15 bytes',
    ],
    ['no crop at all', [picture], nhwc(1, 1), { cropFraction: 0 }, 'cropFraction is 0'],
    ['a scaled side of nothing', [picture], nhwc(1, 1), { resizeTo: 0 }, 'resizeTo is 0'],
    [
      'a scaled side of half a pixel',
      [picture],
      nhwc(1, 1),
      { resizeTo: { width: 3, height: 0.5 } },
      'resizeTo is 3x0.5',
    ],
    ['a crop beyond the picture', [picture], nhwc(1, 1), { cropFraction: 1.1 }, 'cropFraction is 1.1'],
  ])('refuses %s', (_, images, input, options, message) => {
    expect(() => preprocess(images, input, { ...loadImg, ...options })).toThrow(message);
    expect(() => preprocess(images, input, { ...loadImg, ...options })).toThrow(RangeError);
  });
});

/** By EXIF's definition: mirrored or not, then so many quarter turns clockwise. */
const stepsOfOrientation = {
  1: [0, 0],
  2: [1, 0],
  3: [0, 2],
  4: [1, 2],
  5: [1, 3],
  6: [0, 1],
  7: [1, 1],
  8: [0, 3],
} as const;

function turn(picture: Bitmap, orientation: Orientation): Bitmap {
  const [mirrored, turns] = stepsOfOrientation[orientation];
  let turned = picture;
  if (mirrored)
    turned = moved(turned.width, turned.height, (x, y) => pixelAt(picture, picture.width - 1 - x, y));
  for (let i = 0; i < turns; i++) {
    const before = turned;
    turned = moved(before.height, before.width, (x, y) => pixelAt(before, y, before.height - 1 - x));
  }
  return turned;
}

function pixelAt({ data, width }: Bitmap, x: number, y: number): Uint8Array {
  return data.subarray(4 * (x + y * width), 4 * (x + y * width) + 4);
}

function moved(width: number, height: number, pixel: (x: number, y: number) => Uint8Array): Bitmap {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) data.set(pixel(i % width, Math.floor(i / width)), 4 * i);
  return { width, height, data };
}
