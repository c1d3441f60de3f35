/** The order of blocks in a scan: ITU-T T.81, clauses A.2.2 (one component) and A.2.3 (several, interleaved in MCUs). */
import type { Component, Plan } from '../syntax/sampling-plan.ts';
import type { Scan } from '../syntax/scans.ts';

/** The MCUs of a scan within one row of MCUs of the frame. */
export interface McuLayout {
  readonly across: number;
  /** The number of lines of MCUs: 1, or lines of single blocks if the scan has one component. */
  readonly lines: (mcuRow: number) => number;
  readonly blocks: readonly McuBlock[];
}

/** A block of an MCU. In MCU x of line l of row m, it is block (x * step + dx, m * component.v + l + dy). */
export interface McuBlock {
  readonly component: Component;
  /** Indices of its component in the scan and in the frame. */
  readonly scanIndex: number;
  readonly frameIndex: number;
  readonly step: number;
  readonly dx: number;
  readonly dy: number;
}

export function mcuLayout(scan: Scan, plan: Plan): McuLayout {
  if (scan.components.length > 1) {
    return {
      across: plan.mcusAcross,
      lines: () => 1,
      blocks: scan.components.flatMap(({ index }, scanIndex) => {
        const component = plan.components[index];
        const { h, v } = component;
        return Array.from({ length: h * v }, (_, i) => ({
          component,
          scanIndex,
          frameIndex: index,
          step: h,
          dx: i % h,
          dy: Math.floor(i / h),
        }));
      }),
    };
  }
  const [{ index }] = scan.components;
  const component = plan.components[index];
  return {
    across: component.blocksAcross,
    lines: (mcuRow) => Math.min(component.v, component.blocksDown - mcuRow * component.v),
    blocks: [{ component, scanIndex: 0, frameIndex: index, step: 1, dx: 0, dy: 0 }],
  };
}
