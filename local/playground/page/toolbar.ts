/** The filter, the sort order and the counts. */
import { find } from './dom.ts';
import type { Entry } from './entries.ts';
import { frequentLabels, type Selection, type Sorting, type Tally, tally } from './selection.ts';
import { count } from './wording.ts';

export interface Toolbar {
  readonly selection: () => Selection;
  readonly update: (entries: readonly Entry[], shown: number) => void;
}

const sortings: Readonly<Record<string, Sorting>> = {
  newest: 'newest',
  highest: 'highest',
  lowest: 'lowest',
};

// A longer list is no help.
const maxSuggestions = 50;

export function createToolbar(onChange: () => void): Toolbar {
  const filter = find('#filter', HTMLInputElement);
  const sort = find('#sort', HTMLSelectElement);
  const nothing = find('#nothing', HTMLElement);
  const text = find('#tally', HTMLElement);
  const suggestions = find('#known-labels', HTMLElement);
  const news = find('#news', HTMLElement);

  filter.addEventListener('input', onChange);
  sort.addEventListener('change', onChange);
  find('#toolbar', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
  find('button', HTMLButtonElement, nothing).addEventListener('click', () => {
    filter.value = '';
    filter.focus();
    onChange();
  });
  return {
    selection: () => ({ filter: filter.value, sorting: sortings[sort.value] ?? 'newest' }),
    update: (entries, shown) => {
      const counts = tally(entries);
      text.textContent = describe(counts);
      nothing.hidden = shown > 0 || entries.length === 0;
      // Screen readers announce the end of all work, not each photo.
      if (counts.uploading + counts.waiting === 0) news.textContent = text.textContent;
      const labels = frequentLabels(entries).slice(0, maxSuggestions);
      suggestions.replaceChildren(...labels.map((label) => new Option(label)));
    },
  };
}

function describe(counts: Tally): string {
  const { photos, uploading, waiting, labelled, rejected, failed, compared, agreed } = counts;
  const parts = [
    count(photos, 'photo'),
    uploading > 0 && `${uploading} to upload`,
    waiting > 0 && `${waiting} waiting`,
    labelled > 0 && `${labelled} labelled`,
    rejected > 0 && `${rejected} rejected`,
    failed > 0 && `${failed} failed`,
    compared > 0 && `the models agree on ${agreed} of ${compared}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
