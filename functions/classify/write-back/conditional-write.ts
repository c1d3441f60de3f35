/** A write to an object that holds for the bytes that were classified, and for no others. */
import { S3ServiceException } from '@aws-sdk/client-s3';
import { isOtherwise } from '../object/open-object.ts';
import { backOff } from '../time/backoff.ts';

const maxConflicts = 4;
const tooLarge = ['MetadataTooLarge', 'AnnotationLimitExceeded'];

/**
 * Sends a conditional write, and again while another write to the same key is under way: the client retries 5xx and
 * throttling by itself, but not that.
 *
 * @returns `superseded` if the condition does not hold: a newer upload has won, or the object is deleted.
 * @throws S3ServiceException for what may pass.
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
    if (isOtherwise(error)) return 'superseded';
    if (!(error instanceof S3ServiceException)) throw error;
    if (tooLarge.includes(error.name)) return 'too-large';
    if (error.$metadata.httpStatusCode !== 409 || conflicts === maxConflicts) throw error;
    await backOff(conflicts, abortSignal);
    return writeUnlessSuperseded(write, abortSignal, conflicts + 1);
  }
}
