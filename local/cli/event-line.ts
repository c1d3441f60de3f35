/** Formats a prediction event as one line of text, for `start` and `watch`. */
import * as v from 'valibot';
import { printable } from '../../functions/classify/image/printable.ts';
import { distinctGeneral, noLabelReachesMinScore, percent } from '../wording.ts';

const objectName = { bucket: v.string(), key: v.string() };
const scored = { id: v.string(), label: v.string(), score: v.number() };

/** The part of a prediction event that the line shows; functions/classify/publish/publish.ts has the whole. */
export const describedEventSchema = v.variant('detailType', [
  v.object({ detailType: v.literal('Image Skipped'), detail: v.object(objectName) }),
  v.object({
    detailType: v.literal('Image Rejected'),
    detail: v.object({ ...objectName, error: v.object({ name: v.string(), message: v.string() }) }),
  }),
  v.object({
    detailType: v.literal('Image Classified'),
    detail: v.object({
      ...objectName,
      predictions: v.pipe(v.array(v.object(scored)), v.readonly()),
      general: v.exactOptional(v.object(scored)),
      writeBack: v.string(),
    }),
  }),
]);

/** `BUCKET/KEY` and its result, on one line whatever characters the key has. */
export function describeEvent(event: v.InferOutput<typeof describedEventSchema>): string {
  return printable(describe(event));
}

function describe({ detailType, detail }: v.InferOutput<typeof describedEventSchema>): string {
  const object = `${detail.bucket}/${detail.key}`;
  if (detailType === 'Image Skipped') return `${object}  skipped: its owner opted out`;
  if (detailType === 'Image Rejected') {
    return `${object}  rejected, ${detail.error.name}: ${detail.error.message}`;
  }
  const { predictions, general, writeBack } = detail;
  const distinct = distinctGeneral(general, predictions);
  const labels = [
    ...predictions.slice(0, 3),
    ...(distinct ? [{ ...distinct, label: `in general ${distinct.label}` }] : []),
  ];
  const texts = labels.map(({ label, score }) => `${label} ${percent(score)}`);
  return `${object}  ${texts.join(', ') || noLabelReachesMinScore}${unwritten[writeBack] ?? ''}`;
}

/** Reasons why the labels are not on the object. */
const unwritten: { readonly [writeBack: string]: string } = {
  'too-large': '; not on the object: its own metadata, tags or annotations leave no room',
  superseded: '; not on the object: it has been overwritten or deleted',
  failed: '; not on the object yet: the write will be retried',
};

/** Prefixes a line with the local time of day. */
export function lineAt(time: Date, text: string): string {
  return `${time.toTimeString().slice(0, 8)}  ${text}`;
}
