/**
 * `preprocessor_config.json` -> preprocessing, as transformers' image processors for Pillow images apply it. Fields of old
 * versions are read too: `feature_extractor_type`, sizes as plain numbers.
 */
import * as v from 'valibot';
import { maxInputPixels } from '../../../functions/classify/network/input-schema.ts';
import type { CustomArithmetic } from '../../../functions/classify/tensor/arithmetic.ts';
import type { Size } from '../../../functions/classify/tensor/frame.ts';
import type { Interpolation } from '../../../functions/classify/tensor/names.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { parseJson } from './json-file.ts';

/** The preprocessing of a model as its own files describe it; parts that they leave out are asked for. */
export interface KnownPreprocessing {
  readonly size: Size;
  readonly preprocess: Partial<Preprocessing>;
  /** A sentence on the policy, where its own is not supported. */
  readonly policyHint?: string;
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxInputPixels));
const sizeSchema = v.pipe(
  v.unknown(),
  v.transform(withoutNulls),
  v.union(
    [
      side,
      v.strictTuple([side, side]),
      v.strictObject({ height: side, width: side }),
      v.strictObject({ shortest_edge: side }),
    ],
    'must be a number of pixels, { height, width } or { shortest_edge }: other sizes do not make an input of a fixed size',
  ),
);
const flag = v.nullish(v.boolean());
const channels = v.union([v.number(), v.array(v.number())], 'must be a number, or one per channel');

const schema = v.looseObject({
  image_processor_type: v.nullish(v.string()),
  feature_extractor_type: v.nullish(v.string()),
  do_resize: flag,
  size: v.nullish(sizeSchema),
  resample: v.nullish(v.union([v.number(), v.string()])),
  do_center_crop: flag,
  crop_size: v.nullish(sizeSchema),
  crop_pct: v.nullish(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1))),
  do_rescale: flag,
  rescale_factor: v.nullish(v.number()),
  rescale_offset: flag,
  do_normalize: flag,
  image_mean: v.nullish(channels),
  image_std: v.nullish(channels),
  include_top: flag,
  do_flip_channel_order: flag,
});

type Processor = v.InferOutput<typeof schema>;

/** `PIL.Image.Resampling` */
const filters: readonly Interpolation[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/** The steps that are done here, and two that change no RGB image. */
const known = new Set([...Object.keys(schema.entries), 'do_convert_rgb', 'do_reduce_labels']);

/** Processors whose plain number is the shorter side; that of the others is a square. */
const scaledByShorterSide = /^(ConvNext|Levit|CLIP|ChineseCLIP|MobileNetV[12]|MobileViT|PoolFormer|Bit)/;
const scaledToSquare = /^(ViT|DeiT|Beit|EfficientNet|Swin|Perceiver)/;

/**
 * Reads the configuration of an image processor.
 *
 * @param channelCount Of the network's input: 1 makes grey.
 * @param path For messages.
 * @throws UnusableModel naming the step that cannot be done.
 */
export function parseImageProcessor(text: string, channelCount: number, path: string): KnownPreprocessing {
  const processor = parseJson(text, schema, path);
  assertNoOtherSteps(processor, path);
  const framing = framingOf(processor, path);
  const interpolation = filterOf(processor, path);
  return {
    size: framing.size,
    preprocess: {
      mode: arithmeticOf(processor, channelCount, path),
      ...(interpolation && { interpolation }),
      policy: framing.resizeTo === undefined ? 'stretch' : 'resize-crop',
      ...(framing.resizeTo !== undefined && { resizeTo: framing.resizeTo }),
    },
  };
}

/** Some versions write the sides that do not apply as null. */
function withoutNulls(size: unknown): unknown {
  if (typeof size !== 'object' || size === null || Array.isArray(size)) return size;
  return Object.fromEntries(Object.entries(size).filter(([, value]) => value !== null));
}

function nameOf({ image_processor_type, feature_extractor_type }: Processor): string {
  return image_processor_type ?? feature_extractor_type ?? '';
}

function assertNoOtherSteps(processor: Processor, path: string): void {
  const steps = Object.keys(processor).filter(
    (field) => field.startsWith('do_') && processor[field] === true,
  );
  const other = steps.find((field) => !known.has(field));
  if (other === undefined) return;
  throw new UnusableModel(
    `${path}: ${shown(other)} is a step that is not supported; set it to false if the network does without it`,
  );
}

interface ProcessorFraming {
  /** The input's size. */
  readonly size: Size;
  readonly resizeTo?: number | Size;
}

function framingOf(processor: Processor, path: string): ProcessorFraming {
  const { do_resize, do_center_crop, crop_size, crop_pct } = processor;
  const name = nameOf(processor);
  const size = do_resize === false ? undefined : sizeOf(processor.size, name, 'size', path);
  const crops = do_center_crop ?? crop_size != null;
  if (name.startsWith('ConvNext')) return convNextFraming(size, crop_pct, path);
  const cut = crops ? boxOf(sizeOf(crop_size, 'ViT', 'crop_size', path)) : undefined;
  if (!size) {
    throw new UnusableModel(
      `${path} gives no size to scale images to, so they do not fit the network's input`,
    );
  }
  if (!cut) {
    if (typeof size === 'object') return { size };
    throw new UnusableModel(
      `${path} scales the shorter side to ${size} and cuts nothing, so images do not fit an input of a fixed size`,
    );
  }
  if (name.startsWith('PoolFormer') && crop_pct) {
    const sides = typeof size === 'object' ? [size.width, size.height] : [size, size];
    const [width, height] = sides.map((value) => Math.trunc(value / crop_pct)) as [number, number];
    return { size: cut, resizeTo: width === height ? width : { width, height } };
  }
  if (name.startsWith('Levit') && typeof size === 'number') {
    return { size: cut, resizeTo: Math.trunc((256 / 224) * size) };
  }
  return { size: cut, resizeTo: size };
}

/** From 384 pixels on ConvNext's processor scales to a square; below, it scales the shorter side and cuts. */
function convNextFraming(
  size: number | Size | undefined,
  cropPct: number | null | undefined,
  path: string,
): ProcessorFraming {
  if (typeof size !== 'number') {
    throw new UnusableModel(`${path}: size should be { shortest_edge } for a ConvNext image processor`);
  }
  const square = { width: size, height: size };
  return size >= 384
    ? { size: square }
    : { size: square, resizeTo: Math.trunc(size / (cropPct ?? 224 / 256)) };
}

function sizeOf(
  size: Processor['size'],
  name: string,
  field: string,
  path: string,
): number | Size | undefined {
  if (size == null) return undefined;
  if (Array.isArray(size)) return { width: size[0], height: size[1] };
  if (typeof size === 'object') {
    return 'shortest_edge' in size ? size.shortest_edge : { width: size.width, height: size.height };
  }
  if (scaledByShorterSide.test(name)) return size;
  if (scaledToSquare.test(name)) return { width: size, height: size };
  throw new UnusableModel(
    `${path}: ${field} is ${size}, which is the shorter side for some image processors and a square for others, and '${shown(name)}' is not among those known here: write it as { "shortest_edge": ${size} } or { "height": ${size}, "width": ${size} }`,
  );
}

function boxOf(size: number | Size | undefined): Size | undefined {
  return typeof size === 'number' ? { width: size, height: size } : size;
}

function filterOf({ resample }: Processor, path: string): Interpolation | undefined {
  if (resample == null) return undefined;
  const filter = typeof resample === 'number' ? filters[resample] : resample.toLowerCase();
  const interpolation = filters.find((name) => name === filter);
  if (interpolation) return interpolation;
  throw new UnusableModel(
    `${path}: resample is ${shown(String(resample))}; expected 0 to 5, Pillow's numbers of its filters`,
  );
}

/** ((pixel * factor - offset) - mean) / std, with the division done twice where EfficientNet's `include_top` says so. */
function arithmeticOf(processor: Processor, channelCount: number, path: string): CustomArithmetic {
  const { do_rescale, rescale_factor, rescale_offset, do_normalize, include_top } = processor;
  const offset = rescale_offset ? 1 : 0;
  const normalises = do_normalize ?? processor.image_mean != null;
  const mean = valuesOf(normalises ? processor.image_mean : 0, channelCount, 'image_mean', path);
  const std = valuesOf(normalises ? processor.image_std : 1, channelCount, 'image_std', path);
  const again = include_top ? valuesOf(processor.image_std, channelCount, 'image_std', path) : undefined;
  return {
    order: channelCount === 1 ? 'L' : processor.do_flip_channel_order ? 'BGR' : 'RGB',
    scale: do_rescale === false ? 1 : (rescale_factor ?? 1 / 255),
    mean: mean.map((value) => value + offset),
    std: std.map((value, i) => value * (again?.[i] ?? 1)),
  } as unknown as CustomArithmetic;
}

function valuesOf(
  values: number | number[] | null | undefined,
  channelCount: number,
  field: string,
  path: string,
): number[] {
  const list = typeof values === 'number' ? [values] : (values ?? []);
  if (list.length === channelCount) return list;
  if (list.length === 1) return Array<number>(channelCount).fill(list[0]!);
  throw new UnusableModel(
    `${path}: ${field} has ${list.length} values; the network's input has ${channelCount} channels`,
  );
}
