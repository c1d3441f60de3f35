/** The list of cards; updates only the entries that changed. */
import { type Card, type CardListeners, createCard } from './card.ts';
import { find } from './dom.ts';
import type { Entry } from './entries.ts';

export interface Gallery {
  /**
   * Shows exactly these entries, in order.
   *
   * @param changed Keys of the entries that changed since they were last shown.
   */
  readonly show: (entries: readonly Entry[], changed: ReadonlySet<string>) => void;
}

// A bucket may hold thousands; scrolling to the end shows more.
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
      // Moving a card that is already in place would take its focus away.
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
