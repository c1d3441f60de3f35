/** Arithmetic-coded scans, sequential and progressive, as libjpeg-turbo reads them. */
import type { Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';
import {
  type Block,
  BrokenBlock,
  type Prediction,
  readAc,
  readBit,
  readDc,
  refineAc,
  type Statistics,
  statisticsPerTable,
} from './arithmetic-block.ts';
import { type ArithmeticDecoder, openArithmeticDecoder } from './arithmetic-decoder.ts';
import type { CoefficientRow, Coefficients } from './coefficient-row.ts';
import { type Effort, spend, stepsPerBlock, stepsPerRefinedBlock, stepsPerRestart } from './effort.ts';
import { mcuLayout } from './mcu.ts';
import { findRestart, type ScanDecoder } from './restarts.ts';

/**
 * Opens a decoder of a scan, which writes to the rows of coefficients of its components.
 *
 * @param effort shared by all scans of a file
 */
export function openArithmeticScan(
  source: Buffer,
  scan: Scan,
  plan: Plan,
  rows: readonly CoefficientRow[],
  effort: Effort,
): ScanDecoder {
  const { Ss, Se, Ah, Al, restartInterval } = scan;
  const decoder = openArithmeticDecoder(source);
  const components = codedComponents(scan, decoder);
  const layout = mcuLayout(scan, plan);
  const block: Block = { ac: new Int16Array(0), at: 0 };
  let mcusToRestart = restartInterval;
  let nextRestart = 0;
  let isBroken = false;
  const stepsPerMcu = layout.blocks.length * (Ss > 0 && Ah > 0 ? stepsPerRefinedBlock : stepsPerBlock);
  decoder.start(scan.dataAt);

  const beginMcu = () => {
    if (restartInterval === 0) return;
    if (mcusToRestart === 0) {
      const { at, isTaken } = findRestart(decoder, nextRestart);
      decoder.start(at);
      if (!isTaken) decoder.markerAt = at;
      for (const { statistics, prediction } of components) forget(statistics, prediction);
      spend(effort, stepsPerRestart);
      nextRestart = (nextRestart + 1) & 7;
      mcusToRestart = restartInterval;
      isBroken = false;
    }
    mcusToRestart--;
  };

  const decodeBlock = (
    { statistics, prediction }: CodedComponent,
    row: Coefficients,
    place: number,
    index: number,
  ) => {
    if (Ss === 0 && Ah > 0) {
      row.dc[place] |= readBit(decoder) << Al;
      return;
    }
    if (Ss === 0) {
      readDc(statistics, prediction);
      row.dc[place] = prediction.value << Al;
    }
    if (Se === 0) return;
    block.ac = row.ac;
    block.at = 64 * index;
    if (Ah > 0) refineAc(statistics, block, Ss, Se, Al);
    else readAc(statistics, block, Math.max(Ss, 1), Se, Al);
  };

  const decodeMcu = (views: readonly Coefficients[], x: number, line: number, mcuRow: number) => {
    for (const { scanIndex, frameIndex, step, dx, dy } of layout.blocks) {
      const row = views[frameIndex];
      const index = (line + dy) * row.blocksAcross + x * step + dx;
      decodeBlock(components[scanIndex], row, mcuRow * row.dcStride + index, index);
    }
  };

  const decodeRow = (mcuRow: number) => {
    const lines = layout.lines(mcuRow);
    const views = rows.map((row) => row.views());
    for (let line = 0; line < lines; line++) {
      for (let x = 0; x < layout.across; x++) {
        if (isBroken && restartInterval === 0) return;
        beginMcu();
        spend(effort, stepsPerMcu + decoder.takeCount());
        if (isBroken) continue;
        try {
          decodeMcu(views, x, line, mcuRow);
        } catch (error) {
          if (!(error instanceof BrokenBlock)) throw error;
          isBroken = true;
        }
      }
    }
  };
  return { state: { reader: decoder, fedMcus: 0 }, decodeRow };
}

interface CodedComponent {
  readonly statistics: Statistics;
  readonly prediction: Prediction;
}

/** Components with the same table share its statistics. */
function codedComponents({ components }: Scan, decoder: ArithmeticDecoder): CodedComponent[] {
  const tables = Array.from({ length: 16 }, () => ({
    dc: new Uint8Array(statisticsPerTable),
    ac: new Uint8Array(statisticsPerTable),
  }));
  return components.map(({ dcPlace, acPlace, conditioning }) => ({
    statistics: { decoder, dc: tables[dcPlace].dc, ac: tables[acPlace].ac, conditioning },
    prediction: { value: 0, context: 0 },
  }));
}

function forget({ dc, ac }: Statistics, prediction: Prediction): void {
  dc.fill(0);
  ac.fill(0);
  prediction.value = 0;
  prediction.context = 0;
}
