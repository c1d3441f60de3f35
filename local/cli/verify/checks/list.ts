/** All checks, in the order in which they run: the last ones look at the uploads of the others. */
import type { Check } from '../check.ts';
import { annotationCondition, annotationEvents, annotationTable, labelsAnnotation } from './annotations.ts';
import { batchOperations } from './batch-operations.ts';
import { eventBridgeEvent, partialFailure } from './invocations.ts';
import { keptChecks } from './kept.ts';
import { labelsArrive, optOut, textRejected, twelveMegapixels } from './labels.ts';
import { deletionWins, secondUploadWins, versionsKept } from './races.ts';
import { deadLettersEmpty, logLines, noLoop, oneEvent } from './restraint.ts';
import { labelTags } from './tags.ts';
import { copyLabelled, multipart, oddKeys, presignedPost, presignedPut } from './uploads.ts';

export const allChecks: readonly Check[] = [
  labelsArrive,
  textRejected,
  optOut,
  twelveMegapixels,
  oddKeys,
  multipart,
  presignedPut,
  presignedPost,
  copyLabelled,
  ...keptChecks,
  secondUploadWins,
  versionsKept,
  deletionWins,
  labelsAnnotation,
  annotationCondition,
  annotationEvents,
  annotationTable,
  labelTags,
  partialFailure,
  eventBridgeEvent,
  batchOperations,
  oneEvent,
  logLines,
  noLoop,
  deadLettersEmpty,
];
