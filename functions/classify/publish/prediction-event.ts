/**
 * The prediction events that consumers on EventBridge receive, published as these types and as a JSON Schema generated from them.
 * The types import nothing, so that changes elsewhere do not reach consumers; the compiler checks that the two fit.
 *
 * Consumers ignore unknown fields and values. Any other change that affects them raises `version`.
 */

/** `detail` of an event with source `bucketlens` and detail-type `Image Classified`. */
export interface ImageClassified extends EventHead {
  /** The classified image. */
  readonly image: ImageFacts;
  /** The network that classified it. */
  readonly model: ModelFacts;
  /** Most likely first. */
  readonly predictions: readonly PredictedLabel[];
  /** The most specific kind of thing that is certain; only for models whose labels have ancestors. */
  readonly general?: Omit<PredictedLabel, 'index'>;
  /**
   * The network's own classes and scores, most likely first, as `predictions` would be without label rules; only if the model has
   * label rules.
   */
  readonly classes?: readonly PredictedLabel[];
  /**
   * The fate of the labels: `written` on the object; `superseded`, the object was overwritten or deleted meanwhile;
   * `skipped`, not written on purpose; `too-large`, the object's own metadata, tags or annotations leave no room; `failed`, a
   * retry follows.
   */
  readonly writeBack: 'written' | 'superseded' | 'skipped' | 'too-large' | 'failed';
  /** Duration of each step. */
  readonly timings: StepTimings;
}

/**
 * `detail` of an event with source `bucketlens` and detail-type `Image Rejected`: this upload can never be classified.
 * If S3 does not return the object, eTag and size are present only if the invoking event had them.
 */
export interface ImageRejected
  extends Omit<EventHead, 'eTag' | 'size'>,
    Partial<Pick<EventHead, 'eTag' | 'size'>> {
  /** Absent if not even the header could be read. */
  readonly image?: ImageFacts;
  /** The reason. */
  readonly error: {
    /** `UnsupportedFormat`, `CorruptImage`, `ImageTooLarge`, `EmptyObject` or `UnreadableObject`; there may be more. */
    readonly name: string;
    /** A sentence for people. */
    readonly message: string;
  };
}

/** `detail` of an event with source `bucketlens` and detail-type `Image Skipped`: its owner wants it left alone. */
export interface ImageSkipped extends EventHead {
  /** No labels are written. */
  readonly writeBack: 'skipped';
}

/** Any event of source `bucketlens` as EventBridge delivers it, without EventBridge's own fields such as `id` and `time`. */
export type BucketlensEvent =
  | Delivered<'Image Classified', ImageClassified>
  | Delivered<'Image Rejected', ImageRejected>
  | Delivered<'Image Skipped', ImageSkipped>;

interface Delivered<DetailType extends string, Detail> {
  readonly source: 'bucketlens';
  readonly 'detail-type': DetailType;
  readonly detail: Detail;
}

/** The part of every event that describes the object. */
export interface EventHead {
  /** Version of this format, raised by changes that break consumers. */
  readonly version: '1';
  /** Name of the bucket. */
  readonly bucket: string;
  /** Decoded key, as GetObject takes it. */
  readonly key: string;
  /** Only for versioned buckets. */
  readonly versionId?: string;
  /** ETag of the classified bytes, without quotes. Together with the model's name and sha256 it identifies duplicates. */
  readonly eTag: string;
  /**
   * Bytes.
   * @asType integer
   * @minimum 0
   */
  readonly size: number;
  /** Id of the invocation, as in the function's log. */
  readonly requestId: string;
}

/** Facts from the image's header: its size as stored, before it is turned upright. */
export interface ImageFacts {
  /** `jpeg`, `png`, `gif`, `bmp`, `tiff`, `psd`, `webp`, `avif` or `heic`; there may be more. */
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
  /** EXIF orientation: the turn that makes the stored pixels upright; 1 for none. */
  readonly orientation: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
}

/** The network. */
export interface ModelFacts {
  /** Name of the model, given when its layer was built. */
  readonly name: string;
  /**
   * SHA-256 of the network's file.
   * @pattern ^[0-9a-f]{64}$
   */
  readonly sha256: string;
}

/** A class with its score, or a label that stands for several classes. */
export interface PredictedLabel {
  /**
   * Index of the class in the network's output; of several, that of the likeliest one.
   * @asType integer
   * @minimum 0
   */
  readonly index: number;
  /** The class's WordNet id if the model's labels have one, else the index as text. */
  readonly id: string;
  /** Name for people, from the model's own list or from label rules. */
  readonly label: string;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** Duration of each step, in milliseconds. */
export interface StepTimings {
  /**
   * Reading the object.
   * @minimum 0
   */
  readonly fetchMs: number;
  /**
   * Decoding its bytes to pixels.
   * @minimum 0
   */
  readonly decodeMs: number;
  /**
   * Making the network's input from the pixels.
   * @minimum 0
   */
  readonly preprocessMs: number;
  /**
   * Running the network.
   * @minimum 0
   */
  readonly inferMs: number;
  /**
   * Writing the labels onto the object.
   * @minimum 0
   */
  readonly writeMs: number;
}
