// The functions that TypeScript calls: functions/classify/decode/shared/kernels.ts declares them.
export { paintCmyk, paintRgb, paintYcbcr, paintYcck, pickTriples } from './colours';
export { addCrc64, planCrc64 } from './crc64';
export { transformBlocks } from './idct';
export { mixAcross, mixDown, splitWeights } from './resample';
export { mostTaps, planTaps } from './taps';
export { doubleAcross, mixRows, quarter, repeatAcross, widen } from './upsample';

/** The memory below holds constants. */
export function heapStart(): usize {
  return __heap_base;
}
