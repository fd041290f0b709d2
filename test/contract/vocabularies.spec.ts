import { MODELS, TLP } from '#catalogue';
import { LEVELS } from '#event-log';
import { models } from '#projections';

/** Libraries that do not know each other agree on these words; apps rely on it. */
test('the markings of the catalogue are the levels of the log, in the same order', () => {
  expect(TLP).toEqual(LEVELS);
});

test('the models that can be activated are those that there are', () => {
  expect(MODELS).toEqual(Object.keys(models));
});
