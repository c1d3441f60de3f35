/** What `import … from 'bucketlens'` gives: the construct, and the types of what it takes and of the events it publishes. */
export {
  ImageClassifier,
  type ImageClassifierProps,
  type QueueOptions,
} from '../cdk/image-classifier.ts';
export type {
  BucketlensEvent,
  ImageClassified,
  ImageRejected,
  ImageSkipped,
} from '../functions/classify/prediction-event.ts';
