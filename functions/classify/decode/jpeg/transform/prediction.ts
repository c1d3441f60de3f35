/** Predictions of lossless files: ITU-T T.81, clause H.1.2. */

/** Turns the differences of a row into samples, modulo 2^16. @param predictor 1 to 7 */
export function addPredictions(row: Uint16Array, above: Uint16Array, predictor: number): void {
  const predict = predictors[predictor - 1];
  row[0] += above[0];
  for (let x = 1; x < above.length; x++) row[x] += predict(row[x - 1], above[x], above[x - 1]);
}

/** Like `addPredictions`, for a row without one above. @param start the prediction of the first sample */
export function addFirstPredictions(row: Uint16Array, start: number): void {
  let left = start;
  for (let x = 0; x < row.length; x++) {
    left = (row[x] + left) & 0xffff;
    row[x] = left;
  }
}

/** Table H.1, by the samples to the left, above, and to the left of the one above. */
const predictors: readonly ((left: number, above: number, corner: number) => number)[] = [
  (left) => left,
  (_, above) => above,
  (_, __, corner) => corner,
  (left, above, corner) => left + above - corner,
  (left, above, corner) => left + ((above - corner) >> 1),
  (left, above, corner) => above + ((left - corner) >> 1),
  (left, above) => (left + above) >> 1,
];
