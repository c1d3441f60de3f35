/** The time limit of an invocation: steps that cannot finish in time are left to the retry instead of being cut off. */

/** Too little time is left; the retry has more. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

export interface Deadline {
  readonly decodeTime: () => DecodeTime;
  /** Aborts requests to S3 while there is still time to publish. */
  readonly abortSignal: AbortSignal;
  /** Aborts publishing while there is still time to respond. */
  readonly publishSignal: AbortSignal;
  /** @throws OutOfTime */
  readonly assertTimeFor: (step: keyof typeof reservesMs) => void;
}

/** Time limit for decoding an image. */
export interface DecodeTime {
  /** Half of a whole invocation, or the rest of this one if that is less. */
  readonly limitMs: number;
  /** True if the limit is the half: a retry would not get further. */
  readonly isFull: boolean;
}

/**
 * Starts the clock of an invocation.
 *
 * @param remainingMs `getRemainingTimeInMillis` of Lambda's context.
 */
export function createDeadline(remainingMs: () => number): Deadline {
  const totalMs = remainingMs();
  // With a short timeout the reserves are a fixed part of it, so that the first image is always started.
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
          `${Math.round(leftMs)} ms are left; ${step} takes at least ${Math.round(neededMs)} ms: raise the function's timeout, or lower the batch size`,
        );
      }
    },
  };
}

// Measured: a JPEG of 100 MP on a whole processor, from download to event; a copy of 50 MB with one retry.
const reservesMs = { 'an image': 10_000, 'a write-back': 5000 } as const;
const publishReserveMs = 2000;
const answerReserveMs = 500;
const fullReservesFromMs = 20_000;
