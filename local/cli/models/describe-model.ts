/** The summary that `bucketlens model` prints of a network. */
import { relative } from 'node:path';
import { printable } from '../../../functions/classify/image/printable.ts';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import type { BuildResult } from '../../../layers/model/build-model.ts';
import { describeLicence } from '../../../layers/model/huggingface/model-card.ts';
import { percent, portion } from '../../../layers/model/int8/agreement.ts';
import type { QuantisationReport } from '../../../layers/model/int8/quantise-source.ts';
import { megabytes } from '../../../layers/size.ts';

/** Describes a network that was built, with everything that was taken for granted. */
export function describeBuilt(
  { manifest, title, classes, isExclusive, difference, quantisation, assumptions, bytes }: BuildResult,
  precision: string,
  folder: string,
): string {
  const sum = isExclusive ? 'they sum to 1' : `each on its own, from ${manifest.minScore}`;
  return `${manifest.name}: ${printable(title)}, ${classes} classes, from ${printable(manifest.source)}
${describeInput(manifest)}; ${sum}
  checked  the network stored as ${precision} equals the ${quantisation ? 'quantised' : 'converted'} one: scores within ${Number(difference.toPrecision(1))} on two test pictures
${quantisation ? describeQuantisation(quantisation) : ''}${describeFolder(manifest, folder, bytes)}${assumptions.map((assumption) => `\n  assumed  ${printable(assumption)}`).join('')}`;
}

/** The same as a JSON object. */
export function describeJson({ bytes, manifest, quantisation }: BuildResult, folder: string) {
  return { folder, bytes, manifest, ...(quantisation && { quantisation }) };
}

function describeQuantisation({ calibratedWith, agreement }: QuantisationReport): string {
  const { all, sure, topFive } = agreement;
  const confident = sure.photos > 0 ? `, ${portion(sure)} with a score above 0.5` : '';
  const five = topFive === undefined ? '' : `; of the five best labels, it keeps ${percent(topFive)}`;
  return `  int8     calibrated with ${calibratedWith} photos; keeps the first label of float32 on ${portion(all)} not among them${confident}${five}\n`;
}

/** Describes a network from its manifest alone. */
export function describeManifest(manifest: ModelManifest, folder: string, bytes: number): string {
  return `  source   ${printable(manifest.source)}\n${describeInput(manifest)}\n${describeFolder(manifest, folder, bytes)}`;
}

function describeInput({ input, preprocess, output }: ModelManifest): string {
  return `  input    ${input.width}x${input.height} ${input.layout}, ${describePreprocessing(preprocess)}
  scores   ${describeActivation(output)}`;
}

function describeFolder({ sha256, licence }: ModelManifest, folder: string, bytes: number): string {
  return `  model    ${relative('.', folder)}, sha256 ${sha256.slice(0, 8)}…, licence: ${printable(describeLicence(licence))}
  layer    ${megabytes(bytes)}`;
}

function describeActivation(output: ModelManifest['output']): string {
  return output.activation === 'none'
    ? `${output.apply} of the network's logits`
    : `${output.activation}, in the network itself`;
}

function describePreprocessing({
  mode,
  interpolation,
  policy,
  cropFraction,
  resizeTo,
  orientation,
}: ModelManifest['preprocess']): string {
  const arithmetic =
    typeof mode === 'string'
      ? mode
      : `(${mode.order} x ${mode.scale} - ${mode.mean.join(',')}) / ${mode.std.join(',')}`;
  const target = typeof resizeTo === 'object' ? `${resizeTo.width}x${resizeTo.height}` : resizeTo;
  return `${arithmetic}, ${interpolation}, ${[policy, target ?? cropFraction].filter(Boolean).join(' ')}, orientation ${orientation}`;
}
