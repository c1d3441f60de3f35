/** The passes of a PNG: seven if it is interlaced (PNG specification, 8.2), else one. */

/** The pixels that start at column `x` and row `y` and are `dx` and `dy` apart. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
}

/** The nonempty passes, in stored order. */
export function passesOf(width: number, height: number, isInterlaced: boolean): Pass[] {
  return (isInterlaced ? adam7 : wholeImage)
    .map(([x, y, dx, dy]) => ({
      ...{ x, y, dx, dy },
      columns: Math.ceil((width - x) / dx),
      rows: Math.ceil((height - y) / dy),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

type Steps = readonly [x: number, y: number, dx: number, dy: number];

const wholeImage: readonly Steps[] = [[0, 0, 1, 1]];
const adam7: readonly Steps[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];
