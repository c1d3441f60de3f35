/** Where on an object its labels may be put. It imports nothing: the construct's published types name it. */
export type WriteBackMode = (typeof writeBackModes)[number];

/** In the order in which they are written: the copy that changes the metadata takes tags and annotations along. */
export const writeBackModes = ['tags', 'annotation', 'metadata'] as const;
