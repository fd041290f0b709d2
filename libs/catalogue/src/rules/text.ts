import { ACTOR_CODE_PATTERN } from '../actor-code';
import { MAX_LANGUAGE_TAG, MAX_NAME, MAX_SLUG, MAX_TEXT, MAX_URL } from '../limits';
import { type Rule, matching, rule } from './rule';

/** Code points, as JSON Schema counts; a string is never shorter in UTF-16 units. */
const fits = (text: string, max: number): boolean =>
  text.length <= max || (text.length <= 2 * max && [...text].length <= max);

const TEXT_PATTERN = '^(?=[\\s\\S]*\\S)[^\\u0000]+$';
/** What TEXT_PATTERN says, in one look at the text instead of three. */
const isText = (text: string): boolean => /\S/.test(text) && !text.includes('\0');

/** Free text: kept byte for byte, so anything but NUL and half characters (which have no UTF-8) may stand in it. */
export const Text = (max = MAX_TEXT): Rule =>
  rule(
    'text',
    `must be text of 1 to ${max} characters, not blank, without NUL and lone surrogates`,
    (value) => typeof value === 'string' && fits(value, max) && isText(value) && value.isWellFormed(),
    { schema: { type: 'string', pattern: TEXT_PATTERN, maxLength: max } },
  );

const LABEL_PATTERN =
  '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060\\u2066-\\u2069\\ufeff]+$';
const LABEL = new RegExp(LABEL_PATTERN, 'u');
/** Nearly all labels: printable ASCII that begins with something to see. */
const PLAIN = /^[!-~][ -~]*$/;

/** A name or identifier, compared and listed by people: what looks the same must be the same. */
export const Label = (max = MAX_NAME): Rule =>
  rule(
    'label',
    `must be one line of 1 to ${max} characters in Unicode NFC, not blank, without control, bidirectional or invisible characters`,
    (value) =>
      typeof value === 'string' && fits(value, max) && (PLAIN.test(value) || (LABEL.test(value) && isNormal(value))),
    { schema: { type: 'string', pattern: LABEL_PATTERN, maxLength: max } },
  );

const isNormal = (text: string): boolean => text.isWellFormed() && text.normalize('NFC') === text;

export const Slug = (): Rule =>
  matching(
    'slug',
    `must be a slug such as frozen_assets: lower-case letters and digits joined by _ or -, at most ${MAX_SLUG} characters`,
    `^(?=.{1,${MAX_SLUG}}$)[a-z0-9]+([_-][a-z0-9]+)*$`,
  );

export const ActorCode = (): Rule =>
  matching(
    'actor-code',
    'must be a CAMEO actor code: 3 to 15 capital letters, country first, then role, such as IRNMIL',
    ACTOR_CODE_PATTERN,
  );

export const Iso3 = (): Rule => matching('iso3', 'must be an ISO 3166 alpha-3 country code such as OMN', '^[A-Z]{3}$');

export const LanguageTag = (): Rule =>
  matching(
    'language',
    'must be a BCP 47 language tag such as fa or en-GB',
    `^(?=.{1,${MAX_LANGUAGE_TAG}}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`,
  );

export const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

export const Uuid = (): Rule =>
  matching('uuid', 'must be a UUID (RFC 9562) in lower case', UUID_PATTERN, {
    schema: { format: 'uuid' },
  });

const URL_PATTERN = '^https?://[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]+$';
const URL_SHAPE = new RegExp(URL_PATTERN, 'u');

export const Url = (): Rule =>
  rule(
    'url',
    `must be an http or https address of at most ${MAX_URL} characters`,
    (value) =>
      typeof value === 'string' &&
      fits(value, MAX_URL) &&
      URL_SHAPE.test(value) &&
      value.isWellFormed() &&
      URL.canParse(value),
    { schema: { type: 'string', pattern: URL_PATTERN, maxLength: MAX_URL } },
  );

/** A word of a closed vocabulary. */
export const OneOf = (words: readonly string[]): Rule => {
  const known = new Set<unknown>(words);
  return rule('vocabulary', `must be one of ${words.join(', ')}`, (value) => known.has(value), {
    schema: { type: 'string', enum: words },
  });
};

export const Literal = (word: string): Rule =>
  rule('literal', `must be ${word}`, (value) => value === word, {
    schema: { type: 'string', const: word },
  });
