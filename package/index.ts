/** Entry point of the package: the construct, the types of its properties and the types of its events. */

export type { Artefacts } from '../cdk/constructs/artefacts.ts';
export type { Backfill } from '../cdk/constructs/backfill.ts';
export type { LabelledBucket } from '../cdk/constructs/classifier.ts';
export { ImageClassifier } from '../cdk/constructs/image-classifier.ts';
export type {
  BucketOptions,
  FunctionOptions,
  ImageClassifierProps,
  QueueOptions,
} from '../cdk/constructs/image-classifier-props.ts';
export type { AlarmOptions, Alarms } from '../cdk/constructs/monitoring/alarms.ts';
export type { PredictionTarget } from '../cdk/constructs/predictions.ts';
export type { LabelRules } from '../functions/classify/network/label-rules.ts';
export type {
  BucketlensEvent,
  ImageClassified,
  ImageRejected,
  ImageSkipped,
} from '../functions/classify/publish/prediction-event.ts';
export type { WriteBackMode } from '../functions/classify/write-back/mode.ts';
export type { ArtefactSize } from '../layers/size.ts';
