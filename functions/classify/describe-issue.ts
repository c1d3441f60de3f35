/** Validation messages: one sentence for each issue, in the same words for events, settings and model files. */
import * as v from 'valibot';

/**
 * Replaces Valibot's own messages, which quote the value. Pass it to `safeParse`; a schema's own message takes precedence.
 */
export const plainMessages: v.Config<v.BaseIssue<unknown>> = {
  message: ({ expected, received }) => {
    if (expected === 'never') return 'is not known';
    return received === 'undefined' ? 'is missing' : `should be ${expected}`;
  },
};

/**
 * Says where the input is wrong and what is expected there, never what it contains.
 *
 * @param root Names the input itself, for an issue that concerns all of it.
 */
export function describeIssue(issue: v.BaseIssue<unknown>, root: string): string {
  return `${v.getDotPath(issue) ?? root} ${issue.message}`;
}
