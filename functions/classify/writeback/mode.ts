/** Where on an object its labels may be put. It imports nothing: the construct's published types name it. */
export type WriteBackMode = 'tags' | 'annotation' | 'metadata';
