import { plainToInstance } from 'class-transformer';
import { ValidateIf, validateSync } from 'class-validator';
import * as fc from 'fast-check';
import { definitions } from '.';
import { type Violation, compile } from './compile';
import { type Class, Flag, Optional, Text } from './rules';
import { mutatedExamples } from './testing/mutated-examples';

const byType = new Map(definitions.map((definition) => [definition.type as string, definition]));

const compiled = (type: string, element: object): readonly Violation[] => {
  const out: Violation[] = [];
  compile(byType.get(type)!.element)(element as never, out);
  return out;
};

/** class-transformer throws at a list of null where an object belongs; that is no acceptance either. */
function classValidatorAccepts(type: string, element: object): boolean {
  let instance: object;
  try {
    instance = plainToInstance(byType.get(type)!.element as Class, element);
  } catch {
    return false;
  }
  const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
  return validateSync(instance, options).length === 0;
}

test('the compiled parser and class-validator give the same verdict', () => {
  let valid = 0;
  const runs = 3_000;
  fc.assert(
    fc.property(mutatedExamples, ({ type, element }) => {
      const accepted = compiled(type, element).length === 0;
      if (accepted) valid++;
      expect([element, accepted]).toEqual([element, classValidatorAccepts(type, element)]);
    }),
    { numRuns: runs },
  );
  // Neither verdict is rare, or the property would say little.
  expect(valid).toBeGreaterThan(runs / 10);
  expect(valid).toBeLessThan((runs * 9) / 10);
});

test('a complaint names the place at any depth', () => {
  const { example } = byType.get('EventCorrected')!;
  const element = structuredClone(example) as unknown as { data: { content: { actors: object[]; sources: object[] } } };
  element.data.content.actors = [{ code: 'ISR' }, { code: 'isr', 'a/b~': 1 }];
  expect(compiled('EventCorrected', element).map(({ pointer, rule }) => [pointer, rule])).toEqual([
    ['/data/content/actors/1/code', 'actor-code'],
    ['/data/content/actors/1/a~1b~0', 'unknown-field'],
  ]);
});

// Here class-validator looks the name up on Object.prototype and lets it pass: the one difference.
test.each(['constructor', 'toString', 'hasOwnProperty'])('a field named %s is unknown', (name) => {
  const element = JSON.parse(JSON.stringify(byType.get('CrisisClosed')!.example)) as object;
  expect(compiled('CrisisClosed', { ...element, [name]: 'x' })).toMatchObject([{ pointer: `/${name}` }]);
});

test('thousands of wrong fields make few complaints', () => {
  const element = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 1]));
  expect(compiled('StrikeReported', element).length).toBeLessThan(60);
});

describe('a class is refused at load', () => {
  class SaysNothing {
    @Flag() field: boolean;
  }
  class SaysTwice {
    @Optional() @Text() field: string;
  }
  class Overrides extends SaysTwice {
    @Optional() @Flag() override field: never;
  }
  class HasGroups {
    @Optional() @ValidateIf(() => true, { groups: ['some'] }) @Flag() field: boolean;
  }

  test.each([
    ['a field that does not say whether it must be there', SaysNothing],
    ['a field that overrides an inherited one of a class above', class extends Overrides {}],
    ['a feature of class-validator that the compiler does not know', HasGroups],
  ])('%s', (_, target) => {
    expect(() => compile(target)).toThrow('exactly one Optional or Required');
  });
});
