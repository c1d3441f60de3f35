/** Restart intervals, and resynchronisation where restart markers are damaged: ITU-T T.81, clauses E.2.4 and F.2.1.3.1. */

import type { Address } from '../../shared/kernels.ts';
import { findMarker, isBare, isRestart, markers, unknownMarker } from '../syntax/markers.ts';
import type { Scan } from '../syntax/scans.ts';
import { type BitReader, continueAt, openReader, type ReadMcus, readMcus, stopBefore } from './bit-reader.ts';
import type { CodedFile } from './coded-file.ts';

/** A scan decoder's state between MCUs. */
export interface ScanState {
  readonly reader: BitReader;
  /** In MCUs; 0 = no restarts. */
  readonly restartInterval: number;
  mcusToRestart: number;
  /** The number of the next restart marker, 0 to 7. */
  nextRestart: number;
  /** The address of the DC predictions, one per component of the scan. */
  readonly predictions: Address;
  /** The number of MCUs at whose start, before a restart, the data had not ended. */
  fedMcus: number;
}

/** The position of a reader in the file. */
export type ScanReader = Pick<BitReader, 'source' | 'at' | 'markerAt' | 'isDry' | 'isCutOff'>;

/** A scan that is read one row of MCUs at a time, counted from 0. */
export interface ScanDecoder {
  readonly state: { readonly reader: ScanReader; readonly fedMcus: number };
  readonly decodeRow: (mcuRow: number) => void;
}

export function startScan(file: CodedFile, { dataAt, restartInterval }: Scan): ScanState {
  return {
    reader: openReader(file, dataAt),
    restartInterval,
    mcusToRestart: restartInterval,
    nextRestart: 0,
    predictions: file.instance.allocate(4 * maxComponents),
    fedMcus: 0,
  };
}

/**
 * Reads a line of MCUs, up to the next restart at a time.
 *
 * @param skip takes the MCUs from `first` to before `end`, for which there are no data
 */
export function readLine(
  state: ScanState,
  mcus: number,
  read: ReadMcus,
  skip: (first: number, end: number) => void = () => {},
): void {
  const { reader, restartInterval } = state;
  for (let x = 0; x < mcus; ) {
    if (!reader.isDry) state.fedMcus++;
    if (restartInterval > 0 && state.mcusToRestart === 0) restart(state);
    const end = restartInterval > 0 ? Math.min(mcus, x + state.mcusToRestart) : mcus;
    const next = readMcus(reader, x, end, read);
    if (next < end) skip(next, end);
    state.fedMcus += Math.max(next - x - 1, 0);
    state.mcusToRestart -= end - x;
    x = end;
  }
}

/** True if the data have ended at a marker and no restart can follow. */
export function isOver({ reader, restartInterval }: ScanState): boolean {
  if (!reader.isDry) return false;
  const code = reader.source[reader.markerAt - 1];
  return restartInterval === 0 || (code >= markers.startOfFrame && !isRestart(code));
}

/**
 * Checks the marker after the data of a scan that other scans follow. Before a due restart, libjpeg-turbo skips unknown markers,
 * but not here.
 *
 * @throws {CorruptImage} an unknown marker
 */
export function checkScanEnd({ source, at, markerAt }: ScanReader): void {
  let next = markerAt || findMarker(source, at);
  while (isBare(source[next - 1])) next = findMarker(source, next);
  if (source[next - 1] < markers.startOfFrame) throw unknownMarker(source[next - 1]);
}

function restart(state: ScanState): void {
  const { reader, nextRestart, predictions } = state;
  const { at, isTaken } = findRestart(reader, nextRestart);
  if (isTaken) continueAt(reader, at);
  else stopBefore(reader, at);
  state.nextRestart = (nextRestart + 1) & 7;
  state.mcusToRestart = state.restartInterval;
  reader.file.instance.wordsAt(predictions, maxComponents).fill(0);
}

/**
 * Finds the marker at which a scan goes on where restart `expected` is due; if it is not taken, the data have ended before it.
 *
 * @returns the position after the marker
 */
export function findRestart(
  { source, ...reader }: Pick<ScanReader, 'source' | 'at' | 'markerAt'>,
  expected: number,
): { readonly at: number; readonly isTaken: boolean } {
  let at = reader.markerAt > 0 ? reader.markerAt - 2 : reader.at;
  let action = 'search';
  while (action === 'search') {
    at = findMarker(source, at);
    action = resynchronise(source[at - 1], expected);
  }
  return { at, isTaken: action === 'take' };
}

/**
 * libjpeg-turbo's reaction to a marker where restart `expected` is due. A restart slightly ahead is left for later, since the
 * expected one is lost; one slightly behind is stale and skipped; one far off is taken for the expected one.
 */
function resynchronise(code: number, expected: number): 'take' | 'search' | 'leave' {
  if (code < markers.startOfFrame) return 'search';
  if (!isRestart(code)) return 'leave';
  const ahead = (code - markers.firstRestart - expected) & 7;
  if (ahead === 1 || ahead === 2) return 'leave';
  return ahead === 6 || ahead === 7 ? 'search' : 'take';
}

const maxComponents = 4;
