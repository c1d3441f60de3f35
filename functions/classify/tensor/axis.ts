/** One axis of an image that is being scaled: the types that the resamplers share. */
import type { PlaneReader } from '../decode/shared/plane-rows.ts';
import type { PixelView } from './pixel-view.ts';

/** `size` pixels starting at pixel `from` of an axis that is `length` pixels long. */
export interface Span {
  readonly length: number;
  readonly from: number;
  readonly size: number;
}

/** The outputs `first` to `first + kept - 1` of a span that is scaled to `count` pixels. */
export interface Outputs {
  readonly count: number;
  readonly first: number;
  readonly kept: number;
}

export interface AxisPlan {
  /** The source pixels that are read, ascending; small images repeat some. */
  readonly read: Int32Array;
}

/** A way to scale images, one axis at a time. */
export interface Resampler<Plan extends AxisPlan> {
  planAxis(span: Span, outputs: Outputs): Plan;
  /** The same plan for an axis of `length` pixels that is stored in reverse. */
  mirrored(plan: Plan, length: number): Plan;
  /** An empty image of black pixels. */
  emptyView(width: number, height: number): PixelView;
  /**
   * Starts scaling into `target`, which is complete once all rows that are read have been taken.
   *
   * @param startsDown Whether the first pass mixes rows. Each pass rounds, so the order shows.
   */
  open(columns: Plan, rows: Plan, startsDown: boolean, target: PixelView): RowTaker;
}

/** Takes rows one after the other, in either form. */
export type RowTaker = Pick<PlaneReader, 'takeRow' | 'planes'>;

/** Takes rows one after the other and writes them into a view. */
export function appendTo({ data, offset, strideY }: PixelView): (row: PixelView['data']) => void {
  let at = offset;
  return (row) => {
    data.set(row, at);
    at += strideY;
  };
}
