// The functions that TypeScript calls: functions/classify/decode/shared/kernels.ts declares them.
export { unstuff } from './bits';
export { paintCmyk, paintHalfYcbcr, paintRgb, paintYcbcr, paintYcck } from './colours';
export { addCrc64, planCrc64 } from './crc64';
export { buildSkips, buildTable, huffmanTableBytes } from './huffman';
export { transformBlocks } from './idct-rows';
export { buildPairs } from './pairs';
export { placeDc, readBands, readDc, refineDc } from './progressive';
export { refineBands } from './refinement';
export { mixAcross, mixDown, splitBytes, splitWeights } from './resample';
export { blankMcus, decodeMcus } from './sequential';
export { mostTaps, planTaps } from './taps';
export { joinTriples, pickTriples, splitTriples } from './triples';
export { unfilter } from './unfilter';
export { doubleAcross, mixRows, quarter, repeatAcross, widen } from './upsample';

/** The memory below holds constants. */
export function heapStart(): usize {
  return __heap_base;
}
