import { fixture } from '../../../test/support/fixture';
import {
  type CrisisEvent,
  type EventType,
  UnknownEventType,
  UnknownSchemaVersion,
  definitions,
  parse,
  read,
  upcast,
} from '.';
import { createCatalogue } from './catalogue';
import { defineEvent } from './define-event';
import { FrameFields } from './envelope-fields';
import { fieldsOf } from './metadata';
import { type Class, Count, Optional, Required, Text } from './rules';

const NOW = Date.parse('2026-11-01T12:00:00Z');
const ID = '0197a3c0-0000-7000-8000-000000000009';

const types = definitions.map(({ type }) => type);
const example = (type: EventType): object => definitions.find((its) => its.type === type)!.example;
const facts = (type: EventType, more: object = {}) =>
  parse({ ...example(type), ...more }, { now: NOW, opening: type === 'CrisisOpened' });

test.each(types)('the example of %s parses', (type) => {
  expect(facts(type)).toMatchObject({ type, schemaVersion: 1 });
});

describe('the facts for the log', () => {
  const reports = definitions.filter(({ kind }) => kind === 'report').map(({ type }) => type);

  test('an event without a marking is AMBER+STRICT, an amendment inherits', () => {
    expect(Object.fromEntries(types.map((type) => [type, facts(type).marking]))).toMatchObject({
      CrisisOpened: 'AMBER+STRICT',
      StrikeReported: 'AMBER+STRICT',
      EventCorrected: 'inherit',
      EventRetracted: 'inherit',
      MarkingChanged: 'inherit',
    });
    expect(facts('EventRetracted', { tlp: 'RED' }).marking).toBe('RED');
  });

  test('the id is the one sent, or none', () => {
    expect(facts('StrikeReported', { eventId: ID }).eventId).toBe(ID);
    expect(facts('StrikeReported')).not.toHaveProperty('eventId');
  });

  test('a retaliation answers strikes; other references may be of any type', () => {
    const { references } = facts('RetaliationReported', { ends: [ID], incidentId: ID });
    expect(references.toSorted((a, b) => a.pointer.localeCompare(b.pointer))).toEqual([
      { pointer: '/ends/0', id: ID },
      {
        pointer: '/respondsTo/0',
        id: '0197a3c0-0000-7000-8000-000000000002',
        types: ['StrikeReported', 'RetaliationReported'],
      },
    ]);
  });

  test('a correction: its target, its content, and what the content refers to', () => {
    const content = { ...example('AnalystAssessmentIssued'), respondsTo: [ID] };
    const data = { target: ID, reason: 'wording', content };
    const found = facts('EventCorrected', { data });
    expect(found).toMatchObject({ target: ID, contentType: 'AnalystAssessmentIssued', contentSchemaVersion: 1 });
    expect(found.references.map(({ pointer, types: allowed }) => [pointer, allowed])).toEqual(
      expect.arrayContaining([
        ['/data/target', reports],
        ['/data/content/respondsTo/0', undefined],
        ['/data/content/data/basedOn/0', undefined],
        ['/data/content/data/basedOn/1', undefined],
      ]),
    );
  });

  test('a retraction or a new marking takes reports, corrections and retractions, never the frame', () => {
    const allowed = [...reports, 'EventCorrected', 'EventRetracted'];
    expect(facts('EventRetracted').references).toContainEqual(
      expect.objectContaining({ pointer: '/data/target', types: allowed }),
    );
    expect(facts('EventRetracted').references).toContainEqual(
      expect.objectContaining({ pointer: '/data/duplicateOf', types: reports }),
    );
    expect(facts('MarkingChanged')).toMatchObject({ marks: 'GREEN', references: [{ types: allowed }] });
    expect(facts('EventCorrected')).not.toHaveProperty('marks');
  });

  /** `format.md`: the paths that go into the part `refs`. A reference elsewhere would lie open in `content`. */
  const STORED_APART = /^(data\.content\.)?(respondsTo|ends|data\.basedOn|data\.target|data\.duplicateOf)$/;

  test('references stand only where the stored format keeps references', () => {
    const paths = (target: Class, prefix = ''): string[] =>
      fieldsOf(target).flatMap(({ name, rules }) =>
        rules.flatMap(({ context: { refersTo, nested } }) => {
          if (refersTo !== undefined) return [prefix + name];
          if (nested === undefined) return [];
          const nestedIn = 'of' in nested ? [nested.of] : [...nested.byType.values()];
          return nestedIn.flatMap((its) => paths(its, `${prefix}${name}.`));
        }),
      );
    const all = definitions.flatMap(({ element }) => paths(element));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((path) => !STORED_APART.test(path))).toEqual([]);
  });
});

describe('reading', () => {
  interface Vectors {
    vectors: {
      sent: { type: string };
      parts: {
        header: { schemaVersion: number; contentSchemaVersion?: number };
        content: object;
        refs: object;
        sources: object;
      };
    }[];
  }
  // The vectors are of the format, not of this catalogue: one is from a later version of it.
  const vectors = fixture<Vectors>('envelope-vectors.json').vectors.map(({ sent, parts: { header, ...parts } }) => ({
    sent,
    header: { ...header, ...(header.contentSchemaVersion && { contentSchemaVersion: 1 }) },
    ...parts,
  }));

  test.each(vectors)('puts a stored $sent.type together from its parts', ({ sent, header, ...parts }) => {
    const { eventId: _, tlp: __, ...element } = sent as { [name: string]: unknown; type: string };
    const event = read({ type: sent.type, ...header, ...parts });
    expect(event).toMatchObject(element);
  });

  test('adds what is derived and what absence means', () => {
    const { type, ...content } = example('StrikeReported') as { type: string; timePrecision?: number };
    delete content.timePrecision;
    expect(read({ type, schemaVersion: 1, content })).toEqual({
      ...example('StrikeReported'),
      timePrecision: 0,
      schemaVersion: 1,
      goldstein: -10,
      subType: 'air_or_drone_strike',
      kinetic: true,
    });
    expect(read({ type: 'MediationContactReported', schemaVersion: 1, content: { cameoCode: '042' } })).toMatchObject({
      goldstein: 1.9,
      kinetic: false,
      timePrecision: 0,
      data: { channel: 'unknown' },
    });
  });

  test('leaves the parts it was given as they were', () => {
    const parts = { content: { data: {} }, refs: { 'data.basedOn': [ID] }, sources: {} };
    const before = JSON.stringify(parts);
    expect(read({ type: 'AnalystAssessmentIssued', schemaVersion: 1, ...parts })).toMatchObject({
      data: { basedOn: [ID] },
    });
    expect(JSON.stringify(parts)).toBe(before);
  });

  test('a type or a version of a later build is an error of its own, for the view to park on', () => {
    expect(() => read({ type: 'MoonLanded', schemaVersion: 1, content: {} })).toThrow(UnknownEventType);
    expect(() => read({ type: 'StrikeReported', schemaVersion: 2, content: {} })).toThrow(UnknownSchemaVersion);
    // Another writer's, of whatever type it says.
    expect(() => read({ type: 'StrikeReported', schemaVersion: 0, content: {} })).toThrow(UnknownSchemaVersion);
    const data = { content: { type: 'StrikeReported' } };
    const correction = { type: 'EventCorrected', schemaVersion: 1, contentSchemaVersion: 2 };
    expect(() => upcast({ data }, correction)).toThrow(UnknownSchemaVersion);
  });

  test('upcasting what is current costs nothing: the same object', () => {
    const element = { data: { content: { type: 'StrikeReported' } } };
    expect(upcast(element, { type: 'StrikeReported', schemaVersion: 1 })).toBe(element);
    expect(upcast(element, { type: 'EventCorrected', schemaVersion: 1, contentSchemaVersion: 1 })).toBe(element);
  });

  test('an event narrows by its type', () => {
    const weapons = (event: CrisisEvent) => (event.type === 'StrikeReported' ? event.data.weapons : []);
    expect(
      weapons(read({ type: 'StrikeReported', schemaVersion: 1, content: { data: { weapons: ['drone'] } } })),
    ).toEqual(['drone']);
  });
});

describe('a new version of a type', () => {
  class Census {
    @Required() @Count() persons: number;
    @Optional() @Text() remark?: string;
  }
  interface First {
    data: { people: string };
  }
  interface Second {
    data: { people: number };
  }
  const CensusTaken = defineEvent({
    type: 'CensusTaken',
    version: 3,
    description: 'Only here: version 1 counted in words, version 2 named the field otherwise.',
    fields: FrameFields,
    data: Census,
    example: { occurredAt: '2025-01-01T00:00:00Z', data: { persons: 7 } },
    upcast: {
      1: {
        example: { type: 'CensusTaken', occurredAt: '2025-01-01T00:00:00Z', data: { people: '7' } },
        up: (old: First): Second => ({ ...old, data: { people: Number(old.data.people) } }),
      },
      2: {
        example: { type: 'CensusTaken', occurredAt: '2025-01-01T00:00:00Z', data: { people: 7 } },
        up: ({ data: { people }, ...rest }: Second) => ({ ...rest, data: { persons: people } }),
      },
    },
  });

  const census = createCatalogue([CensusTaken]);

  test.each([
    [1, { people: '7' }],
    [2, { people: 7 }],
    [3, { persons: 7 }],
  ])('stored under version %i it is read as the current one', (schemaVersion, data) => {
    const event = census.read({ type: 'CensusTaken', schemaVersion, content: { data } });
    expect(event).toEqual({ type: 'CensusTaken', timePrecision: 0, data: { persons: 7 }, schemaVersion: 3 });
  });

  test('inside a correction it is read as the current one, too', () => {
    const all = createCatalogue([...definitions, CensusTaken]);
    const content = { data: { target: ID, content: { type: 'CensusTaken', data: { people: '7' } } } };
    const event = all.read({ type: 'EventCorrected', schemaVersion: 1, contentSchemaVersion: 1, content });
    expect(event.data).toEqual({ target: ID, content: { type: 'CensusTaken', data: { persons: 7 } } });
  });

  test('with an example of another shape does not compile', () => {
    const { upcast: _, content: __, element: ___, kind: ____, ...spec } = CensusTaken;
    // @ts-expect-error: persons is misspelt
    defineEvent({ ...spec, fields: FrameFields, data: Census, example: { occurredAt: '', data: { person: 7 } } });
    // @ts-expect-error: occurredAt is missing
    defineEvent({ ...spec, fields: FrameFields, data: Census, example: { data: { persons: 7 } } });
  });

  test('is refused at load when no upcaster leads on to it', () => {
    expect(() => createCatalogue([{ ...CensusTaken, upcast: { 2: CensusTaken.upcast[2]! } }])).toThrow(
      'CensusTaken has version 3 and upcasters from 2, not 1,2',
    );
  });

  const everything = [...definitions, CensusTaken].flatMap(({ type, upcast: upcasters }) =>
    Object.entries(upcasters).map(([version, { example: old }]) => ({ type, version: Number(version), old })),
  );

  test.each(everything)('the old example of $type $version, upcast, parses', ({ type, version, old }) => {
    const all = createCatalogue([...definitions, CensusTaken]);
    const current = all.upcast(old as never, { type, schemaVersion: version });
    expect(all.parse(current, { now: NOW })).toMatchObject({ type });
  });
});

test('two definitions of one stored name are refused at load', () => {
  expect(() => createCatalogue([...definitions, definitions[4]!])).toThrow(
    'two definitions of event type StrikeReported',
  );
});

describe('the worked examples of the model', () => {
  interface Log {
    name: string;
    events: { type: string; recordedAt: string }[];
  }
  const logs = [
    ...fixture<{ examples: Log[] }>('worked-examples.json').examples,
    ...fixture<{ scenarios: Log[] }>('ladder.json').scenarios,
  ];

  const isAccepted = ({ recordedAt, ...element }: Log['events'][number]): boolean => {
    try {
      parse(element, { now: Date.parse(recordedAt), opening: element.type === 'CrisisOpened' });
      return true;
    } catch {
      return false;
    }
  };

  test('are valid events but for four logs, which ask the model what no client can send', () => {
    const refused = logs.map(
      ({ name, events }) => [name, events.filter((event) => !isAccepted(event)).length] as const,
    );
    expect(Object.fromEntries(refused.filter(([, count]) => count > 0))).toEqual({
      'talks during a war of 12 days': 12, // retaliations that name nothing they answer
      'empty crisis': 1, // an assessment with a code and without basedOn
      'codes and membership': 2, // an unmapped code, a strike's code on a statement
      alerts: 1, // a code of a mediation contact on a statement
    });
  });
});
