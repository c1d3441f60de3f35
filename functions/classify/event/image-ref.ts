/** An object to be labelled, as the event or the request names it. */
export interface ImageRef {
  readonly bucket: string;
  /** Decoded, as the S3 API takes it. */
  readonly key: string;
  /** Only on versioned buckets. */
  readonly versionId?: string;
  /** ETag of the uploaded bytes, without quotes. Absent if the request names only the object. */
  readonly eTag?: string;
  /** Bytes. */
  readonly size?: number;
  /** Orders the events of one key: hexadecimal, of any length. */
  readonly sequencer?: string;
  /** True if CopyObject created the object; it may then be our own copy. */
  readonly isCopy: boolean;
  /** The caller, such as `AWS:ROLEID:SESSION`; the session of a Lambda function has the function's name. */
  readonly requester?: string;
  /** A person or a job named the object, not an S3 event. */
  readonly isRequested?: true;
}
