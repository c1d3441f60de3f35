/**
 * Limits the work for arithmetic-coded files: a byte may hold hundreds of thousands of decisions, and the data go on with zeros after
 * their end.
 */
import { UnsupportedFormat } from '../../../image/rejections.ts';

/** The steps that the scans of a file may still take; a step is a decision, or takes as long. */
export interface Effort {
  left: number;
}

export function effortFor(fileBytes: number): Effort {
  return { left: maxStepsOfSmall + maxStepsPerByte * fileBytes };
}

/** @throws {UnsupportedFormat} more work than any real file of this size needs */
export function spend(effort: Effort, steps: number): void {
  effort.left -= steps;
  if (effort.left < 0) {
    throw new UnsupportedFormat(
      'arithmetic-coded JPEG of far more decisions than its bytes call for; save it without arithmetic coding, or as PNG',
    );
  }
}

const maxStepsOfSmall = 2 ** 26;
const maxStepsPerByte = 64;

/** The time around the decisions. */
export const stepsPerBlock = 2;
export const stepsPerRefinedBlock = 8;
export const stepsPerRestart = 16;
