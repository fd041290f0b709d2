import { fitTo, type Frame } from './frame';

const FRAME: Frame = {
  sides: [{ members: ['USA', 'ISR'] }, { members: ['IRN', 'LBNREBHEZ'] }],
  mediators: ['OMN', 'QAT', 'IRN'],
  bodies: ['UNO', 'IAE', 'OMN'],
};

const fit = fitTo(FRAME);

test.each([
  ['USA', 'IRN', true],
  ['IRNMIL', 'USAGOV', true],
  ['USA', 'ISR', false],
  ['USA', 'USAGOV', false],
  ['OMN', 'IRN', true],
  ['IRN', 'IAE', true],
  ['OMN', 'UNO', false],
  ['USA', 'RUS', false],
  ['USA', 'LBNREBHEZ', true],
  ['USA', 'LBN', false],
])('%s and %s are a pair: %s', (source, target, expected) => {
  expect(fit.hasPair([source], [target])).toBe(expected);
});

test('an empty target end is the source end, which alone may hold a pair', () => {
  expect(fit.hasPair(['IRN'], [])).toBe(false);
  expect(fit.hasPair(['IRN', 'USA'], [])).toBe(true);
});

test('one pair is enough where an end has several', () => {
  expect(fit.hasPair(['RUS', 'CHN', 'USA'], ['IRN'])).toBe(true);
});

test('the longest member code that is a prefix decides', () => {
  const torn = fitTo({ sides: [{ members: ['IRN'] }, { members: ['IRNOPP'] }], mediators: [], bodies: [] });
  expect(torn.hasPair(['IRNOPP'], ['IRNGOV'])).toBe(true);
});

test('a code listed twice has its first role: side, then mediator, then body', () => {
  expect(fit.isMediator('IRN')).toBe(false);
  expect(fit.isMediator('OMNGOV')).toBe(true);
});

test('an import is about the first side unless told otherwise', () => {
  expect(fit.isAbout(['IRN'])).toBe(false);
  expect(fit.isAbout(['IRN', 'ISRMIL'])).toBe(true);
  expect(fitTo(FRAME, ['IRN']).isAbout(['IRNMIL'])).toBe(true);
});
