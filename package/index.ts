/** What `import … from 'bucketlens'` gives: the construct, and the types of what it takes and of the events it publishes. */

export type { AlarmOptions, Alarms } from '../cdk/alarms.ts';
export type { Artefacts } from '../cdk/artefacts.ts';
export type { Backfill } from '../cdk/backfill.ts';
export { ImageClassifier } from '../cdk/image-classifier.ts';
export type { BucketOptions, ImageClassifierProps, QueueOptions } from '../cdk/image-classifier-props.ts';
export type { LabelledBucket } from '../cdk/labelled-bucket.ts';
export type { PredictionTarget } from '../cdk/predictions.ts';
export type {
  BucketlensEvent,
  ImageClassified,
  ImageRejected,
  ImageSkipped,
} from '../functions/classify/prediction-event.ts';
export type { WriteBackMode } from '../functions/classify/writeback/mode.ts';
export type { ArtefactSize } from '../layers/size.ts';
