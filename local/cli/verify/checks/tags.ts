/** Checks of labels in tags. */
import type { Check } from '../check.ts';
import { labelled, put, tagsOf } from '../objects.ts';
import { catPhoto } from '../photos.ts';
import type { Settings } from '../target.ts';

function writesTags({ writeBack }: Settings): boolean {
  return writeBack.includes('tags');
}

export const labelTags: Check = {
  id: 'tags',
  promise: "the best label and its score are tags, next to the uploader's own",
  does: 'uploads a photo with a tag of its own',
  advice:
    'objects with nine or ten tags of their own are never changed (docs/deploy.md#labels-on-the-object)',
  isSwitchedOn: writesTags,
  leftOut: ({ settings }) => (writesTags(settings) ? undefined : 'writeBack has no tags'),
  run: async (target) => {
    const sent = await put(target, 'with-tags', await catPhoto(), { Tagging: 'album=cats' });
    await labelled(target, sent);
    return JSON.stringify(await tagsOf(target, sent.key));
  },
};
