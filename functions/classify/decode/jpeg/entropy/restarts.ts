/** Restart intervals, and finding one's way again where restart markers are damaged: ITU-T T.81, clauses E.2.4 and F.2.1.3.1. */

import { findMarker, isRestart, markers } from '../syntax/markers.ts';
import { type BitReader, continueAt, prepare, stopBefore } from './bit-reader.ts';

/** What a scan's decoder carries from MCU to MCU. */
export interface ScanState {
  readonly reader: BitReader;
  /** In MCUs; 0 = no restarts. */
  readonly restartInterval: number;
  mcusToRestart: number;
  /** The number of the next restart marker, 0 to 7. */
  nextRestart: number;
  /** DC predictions, by component of the scan. */
  readonly predictions: Int32Array;
  /** Blocks that a progressive end-of-band run still covers. */
  bandRun: number;
}

export function startScan(reader: BitReader, restartInterval: number): ScanState {
  return {
    reader,
    restartInterval,
    mcusToRestart: restartInterval,
    nextRestart: 0,
    predictions: new Int32Array(4),
    bandRun: 0,
  };
}

/** To be called before each MCU. */
export function beginMcu(state: ScanState): void {
  if (state.restartInterval > 0) {
    if (state.mcusToRestart === 0) restart(state);
    state.mcusToRestart--;
  }
  prepare(state.reader);
}

/** Whether no more data can come: a marker is in the way that no restart gets past. */
export function isOver({ reader, restartInterval }: ScanState): boolean {
  if (!reader.isDry) return false;
  const code = reader.source[reader.markerAt - 1];
  return restartInterval === 0 || (code >= markers.startOfFrame && !isRestart(code));
}

function restart(state: ScanState): void {
  const { reader, nextRestart } = state;
  const { source } = reader;
  let at = reader.markerAt || findMarker(source, reader.at);
  let action = resynchronise(source[at - 1], nextRestart);
  while (action === 'search') {
    at = findMarker(source, at);
    action = resynchronise(source[at - 1], nextRestart);
  }
  if (action === 'take') continueAt(reader, at);
  else stopBefore(reader, at);
  state.nextRestart = (nextRestart + 1) & 7;
  state.mcusToRestart = state.restartInterval;
  state.predictions.fill(0);
  state.bandRun = 0;
}

/**
 * libjpeg-turbo's answer to a marker where restart `expected` is due. One that is a little ahead stays for later: the
 * expected one is lost. One that is a little behind is a leftover. One that is far off is as good as the right one.
 */
function resynchronise(code: number, expected: number): 'take' | 'search' | 'leave' {
  if (code < markers.startOfFrame) return 'search';
  if (!isRestart(code)) return 'leave';
  const ahead = (code - markers.firstRestart - expected) & 7;
  if (ahead === 1 || ahead === 2) return 'leave';
  return ahead === 6 || ahead === 7 ? 'search' : 'take';
}
