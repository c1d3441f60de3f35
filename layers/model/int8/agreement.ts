/** How often an int8 network gives the labels of the float32 one, and how often it has to. */
import { UnusableModel } from '../unusable-model.ts';

/** Photos, and on how many of them the first label is the same. */
export interface SameFirst {
  readonly photos: number;
  readonly same: number;
}

export interface Agreement {
  readonly all: SameFirst;
  /** The photos on which the float32 network's best score is above 0.5. */
  readonly sure: SameFirst;
  /** The fraction of the five best labels that both networks list; absent for networks of five classes or fewer. */
  readonly topFive?: number;
}

/** The answers of both networks for one photo. */
export interface Pair {
  readonly isSame: boolean;
  readonly isSure: boolean;
  /** Labels that are among the five best of both. */
  readonly common: number;
}

export function summarise(pairs: readonly Pair[], classes: number): Agreement {
  const sure = pairs.filter(({ isSure }) => isSure);
  const common = pairs.reduce((sum, pair) => sum + pair.common, 0);
  return {
    all: sameFirst(pairs),
    sure: sameFirst(sure),
    ...(classes > 5 && { topFive: common / 5 / pairs.length }),
  };
}

function sameFirst(pairs: readonly Pair[]): SameFirst {
  return { photos: pairs.length, same: pairs.filter(({ isSame }) => isSame).length };
}

/** The least fractions of photos that keep their first label. */
const leastAgreement = { all: 0.9, sure: 0.97 } as const;

/** @throws UnusableModel if too many photos get another first label. */
export function assertAgreement({ all, sure }: Agreement): void {
  if (reaches(all, leastAgreement.all) && reaches(sure, leastAgreement.sure)) return;
  throw new UnusableModel(
    `as int8, the network keeps its first label on ${portion(all)} that it was not calibrated with (at least ${percent(leastAgreement.all)} is accepted)${sure.photos > 0 ? `, and on ${portion(sure)} with a score above 0.5 (at least ${percent(leastAgreement.sure)})` : ''}: calibrate with more photos of the kind that it will label, use --precision fp16, or build it all the same with --allow-loss`,
  );
}

function reaches({ photos, same }: SameFirst, least: number): boolean {
  return same >= least * photos;
}

/** `96.2 % of 312 photos` */
export function portion({ photos, same }: SameFirst): string {
  return `${percent(same / photos)} of ${photos === 1 ? '1 photo' : `${photos} photos`}`;
}

export function percent(fraction: number): string {
  // Rounded down: only all photos are 100 %.
  return `${Math.floor(fraction * 1000) / 10} %`;
}
