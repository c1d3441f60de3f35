/** Writes to an object on condition that it still has the bytes that were classified. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { isMissingOrChanged } from '../object/open-object.ts';
import { backOff } from '../time/backoff.ts';

const maxConflicts = 4;
const tooLarge = ['MetadataTooLarge', 'AnnotationLimitExceeded'];

/**
 * Sends a conditional write, and retries it while another write to the same key is in progress (409). The client itself
 * retries only 5xx and throttling.
 *
 * @returns `superseded` if the condition does not hold: the object was overwritten or deleted.
 * @throws S3ServiceException for errors that a retry may resolve.
 */
export async function writeUnlessSuperseded(
  write: () => Promise<unknown>,
  abortSignal: AbortSignal,
  conflicts = 0,
): Promise<'written' | 'superseded' | 'too-large'> {
  try {
    await write();
    return 'written';
  } catch (error) {
    if (isMissingOrChanged(error)) return 'superseded';
    if (!(error instanceof S3ServiceException)) throw error;
    if (tooLarge.includes(error.name)) return 'too-large';
    if (error.$metadata.httpStatusCode !== 409 || conflicts === maxConflicts) throw error;
    await backOff(conflicts, abortSignal);
    return writeUnlessSuperseded(write, abortSignal, conflicts + 1);
  }
}
