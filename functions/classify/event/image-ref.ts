/** An object that somebody has put into a bucket, as the event describes it. */
export interface ImageRef {
  readonly bucket: string;
  /** Decoded, as the S3 API takes it. */
  readonly key: string;
  /** Only on versioned buckets. */
  readonly versionId?: string;
  /** Of the bytes the event is about, without quotes. Absent where somebody names an object rather than an upload. */
  readonly eTag?: string;
  /** Bytes. */
  readonly size?: number;
  /** Orders the events of one key: hexadecimal, of any length. */
  readonly sequencer?: string;
  /** Whether the object came to be by CopyObject: then it may be our own copy. */
  readonly isCopy: boolean;
  /** `AWS:ROLEID:SESSION` or the like; a function's session bears its name. */
  readonly requester?: string;
}
