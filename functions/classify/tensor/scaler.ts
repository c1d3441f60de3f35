/** Stored pixels, row by row -> the picture that the network is to see: upright, framed and scaled. */
import type { Orientation, RowReader } from '../image/image.ts';
import { turnOf } from '../image/orientation.ts';
import { frameOf, type Policy, type Size } from './frame.ts';
import { type PixelView, upright } from './pixel-view.ts';
import {
  type AxisPlan,
  type Interpolation,
  mirrored,
  openResizer,
  planAxis,
  startsWithRows,
} from './resize.ts';

export interface Scaling {
  readonly interpolation: Interpolation;
  readonly policy: Policy;
  /** For `crop` only; 1 unless given. */
  readonly cropFraction?: number;
  /** `exif` turns the picture upright first; `ignore` takes the pixels as stored, as `load_img` does. */
  readonly orientation: 'exif' | 'ignore';
}

export interface Scaler extends RowReader {
  /** As large as the input; complete when all selected rows have been taken. */
  readonly picture: PixelView;
}

/**
 * Starts scaling an image of the given size. No more of it is held than the rows that are mixed into one, and of what
 * lies outside the frame nothing is read.
 */
export function openScaler(
  stored: Size & { readonly orientation: Orientation },
  input: Size,
  { interpolation, policy, cropFraction = 1, orientation: how }: Scaling,
): Scaler {
  const orientation = how === 'exif' ? stored.orientation : 1;
  const turn = turnOf(orientation);
  const whole = turn.swapsAxes ? { width: stored.height, height: stored.width } : stored;
  const { seen, box } = frameOf(whole, input, policy, cropFraction);
  const across = planAxis(
    interpolation,
    { length: seen.width, from: box.left, size: box.width },
    input.width,
  );
  const down = planAxis(
    interpolation,
    { length: seen.height, from: box.top, size: box.height },
    input.height,
  );

  // From here on along the axes as they are stored: only the small picture is turned.
  const [acrossWhole, downWhole] = [movedBy(across, seen.left), movedBy(down, seen.top)];
  const [columns, rows] = turn.swapsAxes ? [downWhole, acrossWhole] : [acrossWhole, downWhole];
  const storedColumns = turn.mirrorsColumns ? mirrored(columns, stored.width) : columns;
  const storedRows = turn.mirrorsRows ? mirrored(rows, stored.height) : rows;
  const startsDown = startsWithRows(seen, input) !== turn.swapsAxes;
  const { takeRow, picture } = openResizer(storedColumns, storedRows, startsDown);
  return {
    selection: { columns: storedColumns.read, rows: storedRows.read },
    takeRow,
    picture: upright(picture, orientation),
  };
}

function movedBy(plan: AxisPlan, distance: number): AxisPlan {
  return {
    ...plan,
    read: plan.read.map((index) => index + distance),
  };
}
