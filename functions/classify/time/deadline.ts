/** The time that Lambda gives an invocation: what cannot be finished is left for the retry, not cut off half-way. */

/** Too little time is left; the retry has more, if not all of it. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

export interface Deadline {
  readonly decodeTime: () => DecodeTime;
  /** Aborts what is asked of S3 while there is still time to publish. */
  readonly abortSignal: AbortSignal;
  /** Aborts publishing while there is still time to answer. */
  readonly publishSignal: AbortSignal;
  /** @throws OutOfTime */
  readonly assertTimeFor: (step: keyof typeof reservesMs) => void;
}

/** The time limit for decoding an image. */
export interface DecodeTime {
  /** Half of a whole invocation, or the time left of this one if that is less. */
  readonly limitMs: number;
  /** It is the half: a retry would get no further. */
  readonly isFull: boolean;
}

/**
 * Starts the clock of an invocation.
 *
 * @param remainingMs The remaining time from Lambda's context.
 */
export function createDeadline(remainingMs: () => number): Deadline {
  const totalMs = remainingMs();
  // The reserves shrink with a short timeout, so that the first image is always begun.
  const scale = Math.min(1, totalMs / fullReservesFromMs);
  const abortWhenLeft = (reserveMs: number) =>
    AbortSignal.timeout(Math.max(0, Math.floor(totalMs - reserveMs * scale)));
  const fullDecodeMs = Math.floor(totalMs / 2);
  return {
    decodeTime: () => {
      const leftMs = Math.max(0, Math.floor(remainingMs() - reservesMs['a write-back'] * scale));
      return { limitMs: Math.min(leftMs, fullDecodeMs), isFull: leftMs >= fullDecodeMs };
    },
    abortSignal: abortWhenLeft(publishReserveMs),
    publishSignal: abortWhenLeft(answerReserveMs),
    assertTimeFor: (step) => {
      const leftMs = remainingMs();
      const neededMs = reservesMs[step] * scale;
      if (leftMs < neededMs) {
        throw new OutOfTime(
          `${Math.round(leftMs)} ms are left; ${step} is begun with ${Math.round(neededMs)} ms at least: raise the function's timeout, or lower the batch size`,
        );
      }
    },
  };
}

// A JPEG of 100 MP on a whole processor, from the download to the event; and a copy of 50 MB with one more attempt.
const reservesMs = { 'an image': 10_000, 'a write-back': 5000 } as const;
const publishReserveMs = 2000;
const answerReserveMs = 500;
const fullReservesFromMs = 20_000;
