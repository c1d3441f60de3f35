/** Wording that the commands and the playground's page share. */

/** 0.8266 -> 82.7 % */
export function percent(score: number): string {
  return `${(score * 100).toFixed(1)} %`;
}

/** Shown in place of labels when none of them reaches the model's `minScore`. */
export const noLabelReachesMinScore = 'no label reaches minScore';

interface Named {
  readonly label: string;
}

/** The general label, unless it repeats the top label: a class that is certain by itself is its own general label. */
export function distinctGeneral<Label extends Named>(
  general: Label | undefined,
  predictions: readonly Named[],
): Label | undefined {
  return general?.label === predictions[0]?.label ? undefined : general;
}
