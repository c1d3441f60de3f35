/** The cards of the photos that are shown, in order; only what has changed is touched, once a frame. */
import { type Card, type CardListeners, createCard } from './card.ts';
import { find } from './dom.ts';
import type { Entry } from './entries.ts';

export interface Gallery {
  /**
   * Shows these entries and no others.
   *
   * @param changed The keys of those that are not as they were when they were last shown.
   */
  readonly show: (entries: readonly Entry[], changed: ReadonlySet<string>) => void;
}

// A bucket may hold thousands; more follow when the reader gets to the end.
const cardsAtOnce = 120;

export function createGallery(listeners: CardListeners): Gallery {
  const list = find('#photos', HTMLElement);
  const more = find('#more', HTMLElement);
  const cards = new Map<string, Card>();
  let shown: readonly Entry[] = [];
  let limit = cardsAtOnce;

  const render = (changed: ReadonlySet<string>): void => {
    const visible = shown.slice(0, limit);
    removeOthers(new Set(visible.map(({ key }) => key)));
    let place = list.firstElementChild;
    for (const entry of visible) {
      const known = cards.get(entry.key);
      const card = known ?? createCard(entry.key, listeners);
      cards.set(entry.key, card);
      if (!known || changed.has(entry.key)) card.update(entry);
      // What stands in its place already stays there: moving it would take its focus away.
      if (card.element === place) place = place.nextElementSibling;
      else list.insertBefore(card.element, place);
    }
    more.hidden = visible.length === shown.length;
  };
  const removeOthers = (keys: ReadonlySet<string>): void => {
    for (const [key, { element }] of cards) {
      if (keys.has(key)) continue;
      element.remove();
      cards.delete(key);
    }
  };
  new IntersectionObserver(
    ([entry]) => {
      if (!entry?.isIntersecting) return;
      limit += cardsAtOnce;
      render(new Set());
    },
    { rootMargin: '600px' },
  ).observe(more);

  return {
    show: (entries, changed) => {
      shown = entries;
      render(changed);
    },
  };
}
