import { jcs } from './jcs';
import { Refusal } from './refusal';
import { encodeHash, sha256 } from './sha256';
import { firstLine, openNote, renamed, signNote, SigningKey, VerifierKey } from './signed-note';
import { named } from './tree-head';

/**
 * Anything signed that is no tree head: a line with a name, a line of JCS. The name says the kind (`origin/claim`), and
 * the keys sign under that name, so no statement can be taken for one of another kind, or for a head.
 */
export type StatementBody = Readonly<Record<string, unknown>>;

export const statementText = (name: string, body: StatementBody): string => `${name}\n${jcs(body)}\n`;

export const signStatement = (name: string, body: StatementBody, keys: readonly SigningKey[]): string =>
  signNote(
    statementText(name, body),
    keys.map((key) => renamed(key, name)),
  );

export interface OpenedStatement {
  readonly body: StatementBody;
  readonly signers: readonly VerifierKey[];
  /** SHA-256 of the text, base64. What the next statement of a chain names as `previous`. */
  readonly digest: string;
}

/** The statement of this name in a note that one of these keys signed. */
export function openStatement(note: string, name: string, keys: readonly VerifierKey[]): OpenedStatement {
  if (firstLine(note) !== name) throw foreignTo(name);
  const { text, signers } = openNote(note, named(keys, name));
  return { body: bodyOf(text, name), signers, digest: encodeHash(sha256(text), 'base64') };
}

/** As where the key is that of another log. */
export const foreignTo = (name: string): Refusal =>
  new Refusal('statement-malformed', `this is no statement of ${name}: another log's, or another log's key`);

export function bodyOf(text: string, name: string): StatementBody {
  try {
    const body = JSON.parse(text.slice(name.length + 1)) as unknown;
    if (isObject(body) && statementText(name, body) === text) return body;
  } catch {
    // Said below: a text that is no JSON, or has no canonical form, is no statement.
  }
  throw new Refusal('statement-malformed', `${name} is not followed by one line of canonical JSON`);
}

export const isObject = (value: unknown): value is StatementBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
