/** Configuration files of the Hugging Face hub: preprocessing that a manifest takes, or an UnusableModel. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseImageProcessor } from '../../../../layers/model/huggingface/image-processor.ts';
import { licenceOf } from '../../../../layers/model/huggingface/model-card.ts';
import { pretrainedSchema, timmPreprocessing } from '../../../../layers/model/huggingface/timm-config.ts';
import { UnusableModel } from '../../../../layers/model/unusable-model.ts';
import { jsonInput, parseInput } from '../json.ts';
import { resultOf } from '../target.ts';

export function seeds(): Uint8Array[] {
  const folder = new URL('../../../layers/model/fixtures/hub/', import.meta.url);
  const processors = ['vit', 'convnext', 'resnet', 'mobilenetv2'].map((name) =>
    readFileSync(new URL(`${name}/preprocessor_config.json`, folder)),
  );
  const timm = { input_size: [3, 224, 224], interpolation: 'bicubic', crop_pct: 0.95, crop_mode: 'center' };
  return [...processors, jsonInput(timm), Buffer.from('---\nlicense: mit\n---\n')];
}

export async function check(input: Uint8Array): Promise<void> {
  const text = Buffer.from(input).toString();
  assert.notEqual(licenceOf(text), '');
  const known = await resultOf(() => parseImageProcessor(text, 3, 'preprocessor_config.json'), UnusableModel);
  if (!(known instanceof Error)) assertSound(known);
  const config = v.safeParse(pretrainedSchema, parseInput(input));
  if (!config.success) return;
  const timm = await resultOf(() => timmPreprocessing(config.output, 'config.json'), UnusableModel);
  if (!(timm instanceof Error)) assertSound(timm);
}

function assertSound({ size, preprocess }: Exclude<ReturnType<typeof parseImageProcessor>, Error>): void {
  const { resizeTo, mode, policy } = preprocess;
  const sides =
    typeof resizeTo === 'object'
      ? [resizeTo.width, resizeTo.height]
      : resizeTo === undefined
        ? []
        : [resizeTo];
  for (const side of [size.width, size.height, ...sides])
    assert(Number.isInteger(side) && side >= 1, `${side}`);
  assert.equal(policy === 'resize-crop', resizeTo !== undefined);
  assert(typeof mode === 'object' && mode.mean.length === 3 && mode.std.length === 3);
}
