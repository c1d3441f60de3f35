/**
 * The prediction events: what consumers on EventBridge rely on, published as these types and as the JSON Schema that is made
 * of them. They stand alone, so that a change in another room is no change for consumers; the compiler sees that the two fit.
 *
 * Consumers take fields and values that they do not know. What takes more from them than that raises `version`.
 */

/** `detail` of an event with source `bucketlens` and detail-type `Image Classified`. */
export interface ImageClassified extends EventHead {
  /** What was classified. */
  readonly image: ImageFacts;
  /** What it was classified by. */
  readonly model: ModelFacts;
  /** Most likely first. */
  readonly predictions: readonly PredictedLabel[];
  /** The most specific kind of thing that is sure; only of models that know what their classes are kinds of. */
  readonly general?: Omit<PredictedLabel, 'index'>;
  /**
   * What became of the labels: `written` on the object; `superseded`, it has been overwritten or deleted meanwhile;
   * `skipped`, nothing was to be written; `too-large`, they do not fit beside its own metadata; `failed`, a retry is under way.
   */
  readonly writeBack: 'written' | 'superseded' | 'skipped' | 'too-large' | 'failed';
  /** How long it took. */
  readonly timings: StepTimings;
}

/**
 * `detail` of an event with source `bucketlens` and detail-type `Image Rejected`: this upload can never be classified.
 * Where S3 does not hand the object out, eTag and size are there only if the invoking event told them.
 */
export interface ImageRejected
  extends Omit<EventHead, 'eTag' | 'size'>,
    Partial<Pick<EventHead, 'eTag' | 'size'>> {
  /** Absent where not even the header could be read. */
  readonly image?: ImageFacts;
  /** Why not. */
  readonly error: {
    /** `UnsupportedFormat`, `CorruptImage`, `ImageTooLarge`, `EmptyObject` or `UnreadableObject`; there may be more. */
    readonly name: string;
    /** A sentence for people. */
    readonly message: string;
  };
}

/** `detail` of an event with source `bucketlens` and detail-type `Image Skipped`: its owner wants it left alone. */
export interface ImageSkipped extends EventHead {
  /** Nothing is written either. */
  readonly writeBack: 'skipped';
}

/** Any event of source `bucketlens` as EventBridge delivers it, beside EventBridge's own fields such as `id` and `time`. */
export type BucketlensEvent =
  | Delivered<'Image Classified', ImageClassified>
  | Delivered<'Image Rejected', ImageRejected>
  | Delivered<'Image Skipped', ImageSkipped>;

interface Delivered<DetailType extends string, Detail> {
  readonly source: 'bucketlens';
  readonly 'detail-type': DetailType;
  readonly detail: Detail;
}

/** What every event says of the object. */
export interface EventHead {
  /** Of this shape: raised when a change breaks a consumer. */
  readonly version: '1';
  /** Its name. */
  readonly bucket: string;
  /** Decoded: as GetObject takes it. */
  readonly key: string;
  /** Of versioned buckets. */
  readonly versionId?: string;
  /** Of the bytes that were classified, without quotes. With the model's sha256 it tells duplicates. */
  readonly eTag: string;
  /**
   * Bytes.
   * @asType integer
   * @minimum 0
   */
  readonly size: number;
  /** Of the invocation, as it stands in the function's log. */
  readonly requestId: string;
}

/** What the image's header says: its size as stored, before it is turned upright. */
export interface ImageFacts {
  /** `jpeg`, `png`, `gif`, `bmp`, `tiff`, `webp` or `avif`; there may be more. */
  readonly format: string;
  /**
   * Pixels.
   * @asType integer
   * @minimum 0
   */
  readonly width: number;
  /**
   * Pixels.
   * @asType integer
   * @minimum 0
   */
  readonly height: number;
  /** In EXIF's numbering: how the stored pixels have to be turned to stand upright; 1 = they do. */
  readonly orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
}

/** The network that said so. */
export interface ModelFacts {
  /** As the model layer was named when it was built. */
  readonly name: string;
  /**
   * Of the network's file.
   * @pattern ^[0-9a-f]{64}$
   */
  readonly sha256: string;
}

/** What the network names. */
export interface PredictedLabel {
  /**
   * Of the network's class.
   * @asType integer
   * @minimum 0
   */
  readonly index: number;
  /** Its wnid where the model's labels have one, else the class's index as text. */
  readonly id: string;
  /** For people; of the model's own list. */
  readonly label: string;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** What each step took, in milliseconds. */
export interface StepTimings {
  /**
   * To read the object.
   * @minimum 0
   */
  readonly fetchMs: number;
  /**
   * From its bytes to pixels.
   * @minimum 0
   */
  readonly decodeMs: number;
  /**
   * From pixels to the tensor that the network takes.
   * @minimum 0
   */
  readonly preprocessMs: number;
  /**
   * The network itself.
   * @minimum 0
   */
  readonly inferMs: number;
  /**
   * To put the labels on the object.
   * @minimum 0
   */
  readonly writeMs: number;
}
