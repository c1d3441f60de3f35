// The functions that TypeScript calls: functions/classify/decode/shared/kernels.ts declares them.
export { mixAcross, mixDown, splitWeights } from './resample';
export { mostTaps, planTaps } from './taps';

/** The memory below holds constants. */
export function heapStart(): usize {
  return __heap_base;
}
