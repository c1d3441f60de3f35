/** Formats numbers, names and answers for people. */
import { noLabelReachesMinScore } from '../../wording.ts';
import type { Answer } from '../labelling/answer.ts';

export function milliseconds(ms: number): string {
  return `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/** 112525 -> 113 kB */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Egyptian_cat -> Egyptian cat */
export function readable(label: string): string {
  return label.replaceAll('_', ' ');
}

/** 1 photo, 2 photos */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The sentence for a photo without labels to show. */
export function explain(answer: Answer): string {
  switch (answer.status) {
    case 'waiting':
      return 'Being classified…';
    case 'unlabelled':
      return 'In the bucket, without labels.';
    case 'skipped':
      return 'Skipped: its owner opted out with labels=skip.';
    case 'rejected':
      return `Rejected: ${answer.event.detail.error.message}.`;
    case 'failed':
      return `Failed: ${answer.reason}`;
    case 'classified':
      return answer.labels.length === 0 ? `${noLabelReachesMinScore.replace('no', 'No')}.` : '';
  }
}
