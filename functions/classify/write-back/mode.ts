/**
 * The ways to write labels onto an object. Imports nothing: the construct's rights, its settings and its published types
 * are made from this table.
 */
export type WriteBackMode = 'tags' | 'annotation' | 'metadata';

interface ModeTraits {
  /** IAM actions on the object, beyond those that reading it takes. */
  readonly actions: readonly string[];
  /** True if S3 encrypts the written data with the object's KMS key. */
  readonly encrypts: boolean;
  /** True if the metadata prefix keeps apart the labels of two classifiers. */
  readonly usesPrefix: boolean;
}

/** In writing order: the copy that changes the metadata comes last, because it takes tags and annotations along. */
export const writeBackTraits: Readonly<Record<WriteBackMode, ModeTraits>> = {
  // Requests that name a version need the action with `Version` in its name.
  tags: {
    actions: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
    encrypts: false,
    usesPrefix: false,
  },
  annotation: {
    actions: ['s3:PutObjectAnnotation', 's3:PutObjectVersionAnnotation'],
    encrypts: true,
    usesPrefix: true,
  },
  // A copy onto itself that keeps everything: tags, annotations and object lock need rights of their own, and S3 hides a
  // lock from those who may not read it.
  metadata: {
    actions: [
      's3:PutObject',
      's3:PutObjectTagging',
      's3:GetObjectAnnotation',
      's3:GetObjectVersionAnnotation',
      's3:PutObjectAnnotation',
      's3:GetObjectRetention',
      's3:PutObjectRetention',
      's3:GetObjectLegalHold',
      's3:PutObjectLegalHold',
    ],
    encrypts: true,
    usesPrefix: true,
  },
};

/** Every mode, in writing order. */
export const writeBackModes = Object.keys(writeBackTraits) as readonly WriteBackMode[];
