/** How numbers, names and answers are put to people. */
import type { Answer } from '../labelling/answer.ts';

/** 0.8266 -> 82.7 % */
export const percent = (score: number): string => `${(score * 100).toFixed(1)} %`;

export const milliseconds = (ms: number): string => `${ms < 9.95 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

/** 112525 -> 113 kB */
export const fileSize = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Egyptian_cat -> Egyptian cat */
export const readable = (label: string): string => label.replaceAll('_', ' ');

/** 1 photo, 2 photos */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** What is said of a photo that has no labels to show. */
export const explain = (answer: Answer): string => {
  switch (answer.status) {
    case 'waiting':
      return 'Being looked at…';
    case 'unlabelled':
      return 'In the bucket without labels.';
    case 'skipped':
      return 'Left alone, as its owner wants: labels=skip.';
    case 'rejected':
      return `Rejected: ${answer.event.detail.error.message}.`;
    case 'failed':
      return `Failed: ${answer.reason}`;
    case 'classified':
      return answer.labels.length === 0 ? 'No label reaches the least score.' : '';
  }
};
