import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as unchecked from '../../functions/classify/tensor/read-image.ts';
import { decode, defaultLimits, type InputShape, preprocess, readImage } from '../../package/pixels.ts';

const bytes = await readFile('test/goldens/images/acc_64x64.png');
const input = { layout: 'NHWC', width: 20, height: 10 } as const;
const keras = { mode: 'caffe', interpolation: 'nearest', policy: 'stretch', orientation: 'exif' } as const;

describe('bucketlens/pixels', () => {
  it('gives the tensor of the function, for the input of a model.json too', async () => {
    const expected = (
      await unchecked.readImage(bytes, defaultLimits, { input, preprocess: keras })
    ).toTensor();
    const named = { name: 'x', ...input };

    const { toTensor } = await readImage(bytes, defaultLimits, { input: named, preprocess: keras });

    expect(toTensor()).toEqual(expected);
    expect(preprocess([await decode(bytes, defaultLimits)], input, keras)).toEqual(expected);
  });

  it.each([
    [{ policy: 'centre' }, /^preprocess\.policy should be .*"stretch".*; it is 'centre'$/],
    [{ interpolation: 'linear' }, /^preprocess\.interpolation should be .*"bilinear".*; it is 'linear'$/],
    [{ orientation: undefined }, /^preprocess\.orientation is missing$/],
    [{ mode: 'TF' }, /^preprocess\.mode must be 'caffe', 'tf', 'torch' or .*; it is 'TF'$/],
    [
      { mode: { order: 'rgb', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } },
      /^preprocess\.mode .*order 'RGB', 'BGR' or 'L'.*it is \{ order: 'rgb', .*\}$/,
    ],
    [
      { mode: { order: 'RGB', scale: 1, mean: [0, 0], std: [1, 1] } },
      /^preprocess\.mode must be .*a number for each channel.*; it is .* mean: \[ 0, 0 \]/,
    ],
    [{ policy: 'crop' }, /^preprocess\.cropFraction goes with policy 'crop', which needs it/],
    [{ policy: 'crop', cropFraction: 2 }, /^preprocess\.cropFraction should be <=1; it is 2$/],
    [{ policy: 'resize-crop' }, /^preprocess\.resizeTo goes with policy 'resize-crop', which needs it/],
    [{ filter: 'box' }, /^preprocess\.filter is not known; it is 'box'$/],
  ])('refuses the preprocessing %j', async (wrong, message) => {
    const wrongly = { ...keras, ...wrong } as unknown as typeof keras;
    const error = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) });

    await expect(readImage(bytes, defaultLimits, { input, preprocess: wrongly })).rejects.toEqual(error);
    expect(() => preprocess([], input, wrongly)).toThrow(error);
  });

  it.each([
    [{ layout: 'nhwc' }, 'input.layout should be ("NHWC" | "NCHW"); it is \'nhwc\''],
    [{ width: 0 }, 'input.width should be >=1; it is 0'],
    [{ size: 224 }, 'input.size is not known; it is 224'],
    [
      { width: 0, height: 9000 },
      'input.width should be >=1; it is 0; input.height should be <=4096; it is 9000',
    ],
  ])('refuses the input %j', async (wrong, message) => {
    const wrongly = { ...input, ...wrong } as unknown as InputShape;

    await expect(readImage(bytes, defaultLimits, { input: wrongly, preprocess: keras })).rejects.toThrow(
      new TypeError(message),
    );
  });

  it.each([
    [{}, /^limits\.maxBytes .*; limits\.megapixels /],
    [{ ...defaultLimits, megapixels: Number.NaN }, /^limits\.megapixels .*NaN/],
    [{ ...defaultLimits, maxBytes: 0 }, /^limits\.maxBytes should be >0; it is 0$/],
    [{ ...defaultLimits, memory: 100 }, /^limits\.memory is not known; it is 100$/],
    [undefined, /^limits/],
  ])('refuses the limits %j, which would let images of any size pass', async (wrong, message) => {
    const limits = wrong as typeof defaultLimits;
    const error = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) });

    await expect(decode(bytes, limits)).rejects.toEqual(error);
    await expect(readImage(bytes, limits, { input, preprocess: keras })).rejects.toEqual(error);
  });

  it('takes limits of memory and time', async () => {
    const limits = { ...defaultLimits, memoryMegabytes: 100, decodeMs: 10_000 };

    expect((await decode(bytes, limits)).width).toBeGreaterThan(0);
  });

  it('refuses a call without the network', async () => {
    const untyped = readImage as (...args: unknown[]) => Promise<unknown>;

    await expect(untyped(bytes, defaultLimits)).rejects.toThrow(/^the argument with input and preprocess/);
  });
});
