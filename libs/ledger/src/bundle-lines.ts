import { BundleLine, LINE_DEPTH } from './bundle';
import { PARTS } from './envelope';
import { jcs } from './jcs';
import { Refusal } from './refusal';
import { decode } from './sha256';
import { isObject, StatementBody } from './statement';

/** A line of a bundle, of one of its kinds, with no member that the kind does not have. */
export function parseLine(text: string): BundleLine {
  const { kind, ...members } = parseCanonical(text);
  // Own members only: a line named `toString` is of no kind, and none may have a member of that name.
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) {
    throw malformed(`no line of a bundle is of the kind ${String(kind)}`);
  }
  if (!hasFields(FIELDS[kind as BundleLine['kind']])(members)) throw malformed(`not what a ${kind} line holds`);
  if (kind === 'leaf') checkSalts(members as { salts: StatementBody; parts: StatementBody });
  return { kind, ...members } as unknown as BundleLine;
}

/** Only the one text of a value is a line: of a member that stands twice a reader would see one, and hash the other. */
function parseCanonical(text: string): StatementBody {
  try {
    const line = JSON.parse(text) as unknown;
    if (isObject(line) && jcs(line, LINE_DEPTH) === text) return line;
  } catch {
    // Said below.
  }
  throw malformed('a line is one JSON object in canonical form (RFC 8785)');
}

/** A salt without its part would let its holder find what is hidden by trial. */
function checkSalts({ salts, parts }: { salts: StatementBody; parts: StatementBody }): void {
  const expected = PARTS.filter((part) => part === 'place' || part in parts);
  if (Object.keys(salts).length !== expected.length || expected.some((part) => !(part in salts))) {
    throw malformed('salts are of place and of the parts shown');
  }
}

type Field = (value: unknown) => boolean;
type FieldsOf<Kind extends BundleLine['kind']> = Readonly<
  Record<Exclude<keyof Extract<BundleLine, { kind: Kind }>, 'kind'>, Field>
>;

const isText: Field = (value) => typeof value === 'string';
/** As in the stored format: a name that only looks like another's is none. */
const isCrisis: Field = (value) =>
  isText(value) && (value as string).length <= 64 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value as string);
const isCount: Field = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isPartly =
  (names: readonly string[], field: Field): Field =>
  (value) =>
    isObject(value) && Object.keys(value).every((name) => names.includes(name) && field(value[name]));
const hasFields =
  (fields: Readonly<Record<string, Field>>): Field =>
  (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(fields, name)) &&
    Object.keys(fields).every((name) => Object.hasOwn(value, name) && fields[name]!(value[name]));

const FIELDS: { readonly [Kind in BundleLine['kind']]: FieldsOf<Kind> } = {
  bundle: { v: (value) => value === 1, origin: isText, crisis: isCrisis, size: isCount },
  leaf: {
    position: isCount,
    revision: isCount,
    commitments: isText,
    salts: isPartly(PARTS, (value) => decode(value, 'base64url') !== undefined),
    parts: isPartly(
      PARTS.filter((part) => part !== 'place'),
      () => true,
    ),
  },
  foreign: {
    position: isCount,
    revision: isCount,
    event: hasFields({ id: isText, type: isText, created: isCount, data: isText, metadata: isText }),
  },
  proof: { hashes: (value) => Array.isArray(value) && value.length > 0 && value.every(isText) },
  head: { revision: isCount, note: isText },
  claim: { note: isText },
  entry: { revision: isCount, note: isText },
};

const malformed = (detail: string) => new Refusal('line-malformed', detail);
