import { describe, expect, it } from 'vitest';
import { describeLicence, licenceOf } from '../../../../layers/model/huggingface/model-card.ts';

describe('the licence of a model card', () => {
  it.each([
    ['its short form', '---\nlicense: apache-2.0\ntags:\n- vision\n---\n# ViT', 'apache-2.0'],
    ['in quotes', '---\r\nlicense: "mit"\r\n---\r\n', 'mit'],
    ['as a list of one', '---\ntags: [a]\nlicense:\n- mit\n---\n', 'mit'],
    ['by a name of its own', '---\nlicense: other\nlicense_name: apple-amlr\n---\n', 'apple-amlr'],
    ['as other', '---\nlicense: other\n---\n', 'other'],
    ['not at all', '---\ntags: [a]\n---\nlicense: mit', undefined],
    ['without a card', '', undefined],
  ])('is read %s', (_, card, licence) => {
    expect(licenceOf(card)).toBe(licence);
  });

  it.each([
    ['apache-2.0', 'apache-2.0'],
    ['cc-by-nc-4.0', 'cc-by-nc-4.0, which excludes commercial use'],
    ['other', 'other: read it on the model card'],
    ['not stated', 'not stated: ask the owner of the weights before you use them'],
  ])('%s is shown with what it means for its user', (licence, shown) => {
    expect(describeLicence(licence)).toBe(shown);
  });
});
