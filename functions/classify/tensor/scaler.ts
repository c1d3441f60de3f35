/** Stored pixels, row by row -> the image that the network sees: upright, framed and scaled. */
import type { PlaneReader } from '../decode/shared/plane-rows.ts';
import type { Orientation } from '../image/image.ts';
import { type Turn, turnOf } from '../image/orientation.ts';
import type { AxisPlan, Resampler } from './axis.ts';
import { type Frame, type Framing, frameOf, type Size } from './frame.ts';
import { linearResampler } from './linear.ts';
import type { Interpolation, OrientationChoice } from './names.ts';
import { nearestResampler } from './nearest.ts';
import { type PixelView, partOf, upright } from './pixel-view.ts';
import { filterResampler, startsWithRows } from './resize.ts';

export interface Scaling extends Framing {
  readonly interpolation: Interpolation;
  readonly orientation: OrientationChoice;
}

export interface Scaler extends PlaneReader {
  /** As large as the input; complete once all selected rows have been taken. */
  readonly picture: PixelView;
}

/**
 * Starts scaling an image of the given size. Memory holds only the rows that one output mixes, and nothing outside the frame
 * is read.
 */
export function openScaler(
  stored: Size & { readonly orientation: Orientation },
  input: Size,
  { interpolation, orientation: choice, ...framing }: Scaling,
): Scaler {
  const orientation = choice === 'exif' ? stored.orientation : 1;
  const turn = turnOf(orientation);
  const image = turn.swapsAxes ? { width: stored.height, height: stored.width } : stored;
  const frame = frameOf(image, input, framing);
  const scaler = scaleBy(interpolation, stored, input, turn, frame);
  return { ...scaler, picture: upright(scaler.picture, orientation) };
}

function scaleBy(interpolation: Interpolation, stored: Size, input: Size, turn: Turn, frame: Frame): Scaler {
  if (interpolation === 'nearest') return scaleStored(nearestResampler, stored, input, turn, frame, false);
  if (interpolation === 'tf-bilinear') {
    // TensorFlow mixes across first, along the upright image.
    return scaleStored(linearResampler, stored, input, turn, frame, turn.swapsAxes);
  }
  const startsDown = startsWithRows(frame.seen, frame.scaled) !== turn.swapsAxes;
  return scaleStored(filterResampler(interpolation), stored, input, turn, frame, startsDown);
}

/** Scales along the axes as they are stored: only the small image is turned. */
function scaleStored<Plan extends AxisPlan>(
  resampler: Resampler<Plan>,
  stored: Size,
  input: Size,
  turn: Turn,
  { seen, box, scaled, kept, left, top }: Frame,
  startsDown: boolean,
): Scaler {
  const across = placedBy(
    resampler.planAxis(
      { length: seen.width, from: box.left, size: box.width },
      { count: scaled.width, first: kept.left, kept: kept.width },
    ),
    seen.left,
  );
  const down = placedBy(
    resampler.planAxis(
      { length: seen.height, from: box.top, size: box.height },
      { count: scaled.height, first: kept.top, kept: kept.height },
    ),
    seen.top,
  );
  const horizontal = { plan: across, size: kept.width, padding: left, total: input.width };
  const vertical = { plan: down, size: kept.height, padding: top, total: input.height };
  const [columns, rows] = turn.swapsAxes ? [vertical, horizontal] : [horizontal, vertical];

  const storedColumns = turn.mirrorsColumns ? resampler.mirrored(columns.plan, stored.width) : columns.plan;
  const storedRows = turn.mirrorsRows ? resampler.mirrored(rows.plan, stored.height) : rows.plan;
  const picture = resampler.emptyView(columns.total, rows.total);
  const target = partOf(
    picture,
    turn.mirrorsColumns ? columns.total - columns.size - columns.padding : columns.padding,
    turn.mirrorsRows ? rows.total - rows.size - rows.padding : rows.padding,
    { width: columns.size, height: rows.size },
  );
  return {
    selection: { columns: storedColumns.read, rows: storedRows.read },
    ...resampler.open(storedColumns, storedRows, startsDown, target),
    picture,
  };
}

function placedBy<Plan extends AxisPlan>(plan: Plan, distance: number): Plan {
  return { ...plan, read: plan.read.map((index) => index + distance) };
}
