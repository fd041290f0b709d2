import * as fc from 'fast-check';
import { mutatedExamples } from '../../libs/catalogue/src/testing/mutated-examples';
import type { Described, DescribedApi, DescribedParameter } from './described-api';
import { FromSchema } from './from-schema';

/** A request to one operation, as described or with something about it changed. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly changed: boolean;
}

/** What exists on the server that is asked, so that not every request is about nothing. */
export interface Known {
  readonly crises: readonly string[];
  readonly eventIds: readonly string[];
  readonly cursors: readonly string[];
}

export const addressOf = ({ path, query }: FuzzedRequest): string => {
  const encoded = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return encoded.length === 0 ? path : `${path}?${encoded.join('&')}`;
};

/** How often an operation is asked: as often as there is something to get wrong about it. */
const weightOf = ({ operation: { parameters = [], requestBody } }: Described): number =>
  4 + parameters.length + (requestBody ? 12 : 0);

/** Requests to every operation; half of them changed in up to three places. */
export function requestsTo(api: DescribedApi, known: Known): fc.Arbitrary<{ to: Described; request: FuzzedRequest }> {
  const values = new FromSchema(api.document.components.schemas);
  return fc.oneof(
    ...api.operations.map((to) => {
      const asDescribed = requestTo(to, values, known);
      const changed = fc
        .tuple(asDescribed, fc.array(change, { minLength: 1, maxLength: 3 }))
        .map(([request, changes]) => changes.reduce((its, edit) => edit(its), { ...request, changed: true }));
      return { arbitrary: fc.oneof(asDescribed, changed).map((request) => ({ to, request })), weight: weightOf(to) };
    }),
  );
}

/** Requests to one operation as it is described. */
export const requestsAsDescribed = (api: DescribedApi, to: Described, known: Known): fc.Arbitrary<FuzzedRequest> =>
  requestTo(to, new FromSchema(api.document.components.schemas), known);

function requestTo(to: Described, values: FromSchema, known: Known): fc.Arbitrary<FuzzedRequest> {
  const parameters = to.operation.parameters ?? [];
  const given = fc.record(
    Object.fromEntries(
      parameters.map((parameter) => {
        const value = valueOf(parameter, values, known);
        return [parameter.name, parameter.required ? value : sometimes(value)];
      }),
    ),
    { noNullPrototype: true },
  );
  const accepted = Object.keys(to.operation.responses['200']!.content);
  return fc
    .tuple(given, fc.constantFrom('*/*', ...accepted), bodyOf(to, values, known))
    .map(([its, accept, { type, body }]) => {
      const from = (where: DescribedParameter['in']) =>
        parameters.filter((parameter) => parameter.in === where && its[parameter.name] !== undefined);
      return {
        method: to.method,
        path: from('path').reduce(
          (path, { name }) => path.replace(`{${name}}`, encodeURIComponent(its[name]!)),
          to.path,
        ),
        query: from('query').map(({ name }) => [name, its[name]!] as const),
        headers: {
          accept,
          ...(type && { 'content-type': type }),
          ...Object.fromEntries(from('header').map(({ name }) => [name, its[name]!])),
        },
        body,
        changed: false,
      };
    });
}

/** Few at a time: most of many at once would be refused for one of them. */
const sometimes = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: 4 }, { arbitrary: value, weight: 1 });

/** As its schema says, its example, or, where it names something of the server, what is there. */
function valueOf(
  { name, schema, example }: DescribedParameter,
  values: FromSchema,
  known: Known,
): fc.Arbitrary<string> {
  const described = values.valuesOf(schema).map(String);
  const examples = example === undefined ? [] : [fc.constant(String(example))];
  switch (name) {
    case 'crisisId':
    case 'crisis':
      return fc.oneof({ arbitrary: fc.constantFrom(...known.crises), weight: 12 }, described);
    case 'eventId':
      return fc.oneof({ arbitrary: fc.constantFrom(...known.eventIds), weight: 6 }, described);
    case 'asOf':
    case 'asOfA':
    case 'asOfB':
    case 'atLeast':
      return fc.oneof({ arbitrary: fc.constantFrom(...known.cursors), weight: 6 }, described);
    case 'name':
      return fc.oneof({ arbitrary: fc.constantFrom(String(example), 'another'), weight: 12 }, described);
    case 'wait':
      return fc.constantFrom('0', '1');
    case 'If-Match':
      return fc.oneof(
        { arbitrary: fc.constantFrom(...known.cursors).map((cursor) => `"${cursor}"`), weight: 3 },
        described,
      );
    default:
      return fc.oneof(described, ...examples);
  }
}

interface Body {
  readonly type?: string;
  readonly body: string | undefined;
}

/** An example under a new id, one with members changed that is about as often right as wrong, or whatever the schema allows. */
function bodyOf({ operation: { requestBody } }: Described, values: FromSchema, known: Known): fc.Arbitrary<Body> {
  if (!requestBody) return fc.constant({ body: undefined });
  const { schema, examples } = requestBody.content['application/json']!;
  const singles = Object.values(examples)
    .map(({ value }) => value as object)
    .filter((value) => !Array.isArray(value));
  const renamed = fc
    .tuple(fc.constantFrom(...singles), fc.uuid({ version: 7 }), fc.constantFrom(...known.eventIds), fc.boolean())
    .map(([example, eventId, target, redirect]) => ({
      ...example,
      eventId,
      ...('crisisId' in example && { crisisId: `fuzzed-${eventId}` }),
      ...(redirect && 'respondsTo' in example && { respondsTo: [target] }),
    }));
  const event = singles.some((example) => 'occurredAt' in example)
    ? fc.oneof(
        renamed,
        values.valuesOf(schema),
        mutatedExamples.map(({ element }) => element),
      )
    : fc.oneof(fc.constantFrom(...singles), values.valuesOf(schema));
  const one = event.map((value): Body => ({ type: 'application/json', body: JSON.stringify(value) }));
  if (!('application/x-ndjson' in requestBody.content)) return one;
  const several = fc.array(event, { minLength: 0, maxLength: 5 });
  return fc.oneof(
    one,
    several.map((all): Body => ({ type: 'application/json', body: JSON.stringify(all.flat()) })),
    several.map((all): Body => ({
      type: 'application/x-ndjson',
      body: all.map((each) => JSON.stringify(each)).join('\n'),
    })),
  );
}

type Edit = (request: FuzzedRequest) => FuzzedRequest;

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }).filter((its) => its.isWellFormed()),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    'null',
    'true',
    '__proto__',
    'constructor',
    '../..',
    '%',
    '*',
    '9999-12-31T23:59:59Z',
  ),
  fc.constantFrom('2025-02-30T00:00:00Z', '$all', 'crisislog-genesis', "' OR 1=1 --", '"*" NEAR', 'a'.repeat(300)),
);
const headerJunk = fc.oneof(
  fc.stringMatching(/^[!-~]{0,40}$/),
  fc.constantFrom('*', '""', 'W/"a"', 'text/plain', 'gzip'),
);
const jsonJunk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, '', 0, [], {}, -1, 2 ** 60, '\ud800'),
);

const at = <T>(list: readonly T[], n: number, value: T): T[] =>
  list.length === 0 ? [] : list.with(n % list.length, value);

const change: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(junk, junk).map(([name, value]): Edit => (its) => ({ ...its, query: [...its.query, [name, value]] })),
  fc.tuple(fc.nat(), junk).map(([n, value]): Edit => (its) => ({
    ...its,
    query: at(its.query, n, [its.query[n % its.query.length]?.[0] ?? '', value]),
  })),
  fc
    .nat()
    .map((n): Edit => (its) => ({ ...its, query: [...its.query, ...its.query.slice(n % (its.query.length + 1))] })),
  fc.tuple(fc.nat(), junk).map(([n, value]): Edit => (its) => {
    const [root, ...segments] = its.path.split('/');
    return { ...its, path: [root, ...at(segments, n, encodeURIComponent(value))].join('/') };
  }),
  fc
    .constantFrom('/%ff', '/', '//', '/%2e%2e', `/${'a'.repeat(101)}`)
    .map((more): Edit => (its) => ({ ...its, path: its.path + more })),
  fc.constantFrom('PUT', 'DELETE', 'PATCH', 'OPTIONS').map((method): Edit => (its) => ({ ...its, method })),
  fc
    .tuple(
      fc.constantFrom(
        'accept',
        'content-type',
        'If-Match',
        'If-None-Match',
        'Idempotency-Key',
        'X-Correlation-Id',
        'X-Causation-Id',
        'content-encoding',
        'origin',
      ),
      headerJunk,
    )
    .map(([name, value]): Edit => (its) => ({ ...its, headers: { ...its.headers, [name]: value } })),
  fc.tuple(fc.nat(), fc.nat(5), junk).map(([n, gone, text]): Edit => (its) => {
    if (its.body === undefined) return its;
    const place = n % (its.body.length + 1);
    return { ...its, body: its.body.slice(0, place) + text + its.body.slice(place + gone) };
  }),
  fc
    .tuple(fc.nat(), jsonJunk)
    .map(([n, value]): Edit => (its) => ({ ...its, body: its.body && replacedValue(its.body, n, value) })),
);

/** A JSON text with one of its values, the n-th on the way through it, replaced; any other text as it is. */
function replacedValue(body: string, n: number, value: unknown): string {
  let seen = 0;
  const places = body.split(/[:,[]/).length;
  try {
    return JSON.stringify(JSON.parse(body, (_, its: unknown) => (seen++ === n % places ? value : its))) ?? '';
  } catch {
    return body;
  }
}
