/** A prediction event -> the line that people read, in the playground and of a deployed stack. */
import type { PredictionEvent } from '../functions/classify/publish.ts';

/** A line with the time of day in front, as this machine's clock has it. */
export const lineAt = (time: Date, text: string): string => `${time.toTimeString().slice(0, 8)}  ${text}`;

/** `BUCKET/KEY` and what became of it. */
export const describeEvent = ({ detailType, detail }: PredictionEvent): string => {
  const object = `${detail.bucket}/${detail.key}`;
  if (detailType === 'Image Skipped') return `${object}  skipped, as its owner wants`;
  if (detailType === 'Image Rejected') {
    return `${object}  rejected, ${detail.error.name}: ${detail.error.message}`;
  }
  const { predictions, general } = detail;
  const isNews = general !== undefined && general.id !== predictions[0]?.id;
  const labels = [
    ...predictions.slice(0, 3),
    ...(isNews ? [{ ...general, label: `in general ${general.label}` }] : []),
  ];
  const texts = labels.map(({ label, score }) => `${label} ${(score * 100).toFixed(1)} %`);
  return `${object}  ${texts.join(', ') || 'no label reaches the least score'}`;
};
