/** The menus of the model that labels the bucket, and of the model compared with it. */
import type { ModelNews } from '../server/feed.ts';
import { find } from './dom.ts';

/** @param onTrouble Called with the reason why a model could not be chosen, or '' to clear it. */
export function createModelMenus(onTrouble: (sentence: string) => void) {
  const menus = {
    model: find('#model', HTMLSelectElement),
    comparison: find('#comparison', HTMLSelectElement),
  };
  const setDisabled = (isDisabled: boolean) => {
    for (const menu of Object.values(menus)) menu.disabled = isDisabled;
  };
  for (const [route, menu] of Object.entries(menus)) {
    menu.addEventListener('change', async () => {
      onTrouble('');
      setDisabled(true);
      const response = await fetch(`/${route}/${menu.value}`, { method: 'PUT' }).catch(() => undefined);
      setDisabled(false);
      menu.focus();
      if (!response?.ok) onTrouble(response ? await response.text() : 'The playground does not respond.');
    });
  }
  return ({ models, model, comparedWith }: ModelNews): void => {
    const others = models.filter((name) => name !== model);
    menus.model.replaceChildren(...models.map((name) => new Option(name, name, false, name === model)));
    menus.comparison.replaceChildren(
      new Option('nothing', ''),
      ...others.map((name) => new Option(name, name, false, name === comparedWith)),
    );
    if (others.length === 0) menus.comparison.append(hint());
  };
}

function hint(): HTMLOptionElement {
  const option = new Option('npx bucketlens model resnet50 builds another');
  option.disabled = true;
  return option;
}
