/** The entries of the gallery: photos in the bucket and uploads in progress. */
import type { Photo } from '../labelling/photos.ts';

export interface Upload {
  /** Fraction sent, 0..1. */
  readonly sent: number;
  /** Reason of a failure. */
  readonly failure?: string;
}

/** Has a photo, an upload, or both. */
export interface Entry {
  readonly key: string;
  /** Orders the entries; milliseconds since 1970. */
  readonly addedAt: number;
  readonly photo?: Photo;
  readonly upload?: Upload;
}

export interface Entries {
  readonly all: () => Entry[];
  readonly get: (key: string) => Entry | undefined;
  /** Replaces the photos by the bucket's current ones; uploads continue. */
  readonly setPhotos: (photos: readonly Photo[]) => void;
  readonly setPhoto: (photo: Photo) => void;
  readonly beginUpload: (key: string, addedAt: number) => void;
  readonly setUpload: (key: string, upload: Upload) => void;
  readonly endUpload: (key: string) => void;
}

/** @param onChange Called with each key whose entry was added, changed or removed. */
export function createEntries(onChange: (key: string) => void): Entries {
  const entries = new Map<string, Entry>();

  const put = (entry: Entry): void => {
    entries.set(entry.key, entry);
    onChange(entry.key);
  };
  const setPhoto = (photo: Photo): void => {
    const { upload, ...entry } = entries.get(photo.key) ?? { key: photo.key, addedAt: photo.storedAt };
    const isKnown = upload !== undefined || entry.photo?.storedAt === photo.storedAt;
    // Uploads of this page keep their place, so that cards do not jump when the photos arrive.
    const addedAt = isKnown ? entry.addedAt : photo.storedAt;
    put({ ...entry, addedAt, photo, ...(upload && upload.sent < 1 && { upload }) });
  };
  return {
    all: () => [...entries.values()],
    get: (key) => entries.get(key),
    setPhotos: (photos) => {
      const keys = new Set(photos.map(({ key }) => key));
      for (const { key, upload } of entries.values()) {
        if (keys.has(key) || upload) continue;
        entries.delete(key);
        onChange(key);
      }
      photos.forEach(setPhoto);
    },
    setPhoto,
    beginUpload: (key, addedAt) => put({ ...entries.get(key), key, addedAt, upload: { sent: 0 } }),
    setUpload: (key, upload) => {
      const entry = entries.get(key);
      if (entry) put({ ...entry, upload });
    },
    endUpload: (key) => {
      const entry = entries.get(key);
      if (!entry) return;
      const { upload: _, ...stored } = entry;
      // The photo itself may arrive a moment later.
      const hasPhoto = entry.photo !== undefined && entry.photo.storedAt >= entry.addedAt;
      put(hasPhoto ? stored : { ...entry, upload: { sent: 1 } });
    },
  };
}
