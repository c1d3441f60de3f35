/** What `import … from 'bucketlens'` gives: the construct, and the types of what it takes and of the events it publishes. */

export type { AlarmOptions, Alarms } from '../cdk/alarms.ts';
export { ImageClassifier } from '../cdk/image-classifier.ts';
export type { BucketOptions, ImageClassifierProps, QueueOptions } from '../cdk/image-classifier-props.ts';
export type {
  BucketlensEvent,
  ImageClassified,
  ImageRejected,
  ImageSkipped,
} from '../functions/classify/prediction-event.ts';
