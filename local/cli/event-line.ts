/** A prediction event -> the line that people read, in the playground and of a deployed stack. */
import * as v from 'valibot';
import { printable } from '../../functions/classify/printable.ts';
import { distinctGeneral, noLabelReachesMinScore, percent } from '../wording.ts';

const objectName = { bucket: v.string(), key: v.string() };
const scored = { id: v.string(), label: v.string(), score: v.number() };

/** What the line says of an event; functions/classify/publish/publish.ts has all of it. */
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

/** `BUCKET/KEY` and what became of it, on one line whatever the key is. */
export function describeEvent(event: v.InferOutput<typeof describedEventSchema>): string {
  return printable(describe(event));
}

function describe({ detailType, detail }: v.InferOutput<typeof describedEventSchema>): string {
  const object = `${detail.bucket}/${detail.key}`;
  if (detailType === 'Image Skipped') return `${object}  skipped, as its owner wants`;
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

/** Why the labels are not on the object, though they should be. */
const unwritten: { readonly [writeBack: string]: string } = {
  'too-large': '; not on the object, which has no room for them',
  superseded: '; not on the object, which has been overwritten or deleted',
  failed: '; not on the object yet: that is tried again',
};

/** A line with the time of day in front, as this machine's clock has it. */
export function lineAt(time: Date, text: string): string {
  return `${time.toTimeString().slice(0, 8)}  ${text}`;
}
