import { type EventDefinition, definitions } from '.';
import { agrees, cameoEntries } from './cameo';
import { EventFields, ReportFields } from './envelope-fields';
import { type Field, type FieldRule, fieldsOf } from './metadata';
import type { Class, Presence } from './rules';

const INTRODUCTION = `# Events

Generated from the catalogue, \`libs/catalogue/src/events\`; the tests say how when this page is out of date.

An event is a JSON object: the fields of every event, those of its kind, its \`type\`, and under \`data\` the fields of its type. What is
not known is left out; unknown fields, \`null\` and empty text are refused. Derived on read, and refused in a request:
goldstein, subType, kinetic, schemaVersion, recordedAt, recordedBy, revision, position, crisisId.

A *report* says what happened in the world; it may be corrected, retracted and marked anew by an *amendment*. The
*frame* says what the crisis is; it is replaced, never amended.`;

const PER_TYPE = new Set(['type', 'data']);

/** `docs/events.md`, from the definitions alone. */
export const eventsPage = (): string => {
  const everyField = fieldsOf(definitions[0]!.element).filter(({ name }) => !PER_TYPE.has(name));
  const parts = [
    INTRODUCTION,
    '## Every event',
    table(everyField),
    '## Every report',
    table(fieldsBeside(ReportFields, EventFields)),
    ...definitions.flatMap(definitionParts),
    '## Objects',
    ...objects().flatMap((target) => [`### ${target.name}`, table(fieldsOf(target))]),
    '## Values',
    values(),
  ];
  return `${parts.join('\n\n')}\n`;
};

const definitionParts = (definition: EventDefinition): readonly string[] => {
  const { type, version, kind, description, example } = definition;
  const stricter = fieldsOf(definition.content).filter(
    ({ name, presence }) => name === 'respondsTo' && presence.kind === 'required',
  );
  return [
    `## ${type}`,
    `${description} *${kind}, version ${version}*`,
    ...codes(definition),
    table([...stricter, ...fieldsOf(dataClass(definition)).map((field) => ({ ...field, name: `data.${field.name}` }))]),
    `\`\`\`json\n${compact(example)}\n\`\`\``,
  ];
};

const dataClass = ({ content }: EventDefinition): Class => {
  const [data] = fieldsOf(content)
    .filter(({ name }) => name === 'data')
    .flatMap(nestedIn);
  return data!;
};

const fieldsBeside = (target: Class, known: Class): readonly Field[] => {
  const names = new Set(fieldsOf(known).map(({ name }) => name));
  return fieldsOf(target).filter(({ name }) => !names.has(name));
};

const nestedIn = ({ rules }: Field): readonly Class[] =>
  rules.flatMap(({ context: { nested } }) => (nested !== undefined && 'of' in nested ? [nested.of] : []));

/** The classes inside payloads, however deep, each once, in the order of first use. */
const objects = (): readonly Class[] => {
  const found = new Set<Class>();
  const visit = (target: Class): void =>
    fieldsOf(target)
      .flatMap(nestedIn)
      .forEach((nested) => {
        found.add(nested);
        visit(nested);
      });
  [ReportFields, ...definitions.map(dataClass)].forEach(visit);
  return [...found];
};

const table = (fields: readonly Field[]): string =>
  fields.length === 0
    ? 'No fields.'
    : ['| field | | value | meaning |', '|---|---|---|---|', ...fields.map(row)].join('\n');

const row = ({ name, presence, rules }: Field): string => {
  const value = rules.map(sentence).filter(Boolean).join('; ');
  return `| \`${name}\` | ${need(presence)} | ${value} | ${presence.description ?? ''} |`;
};

const need = (presence: Presence): string => {
  switch (presence.kind) {
    case 'required':
      return 'required';
    case 'requiredWith':
      return `required with ${presence.other}`;
    case 'requiredWithout':
      return `required without ${presence.others.join(', ')}`;
    case 'requiredWhen':
      return `required when ${presence.other} is ${presence.values.join(', ')}`;
    case 'optional':
      return typeof presence.default === 'object' || presence.default === undefined
        ? ''
        : `default ${JSON.stringify(presence.default)}`;
  }
};

/** What the rule asks for, in a word where `## Values` explains it, else as it says itself when it fails. */
const sentence = (rule: FieldRule): string => {
  const { each, context, name } = rule;
  const nested = context.nested !== undefined && 'of' in context.nested ? context.nested.of.name : undefined;
  const words = context.schema.enum as readonly string[] | undefined;
  const max = context.schema.maxLength as number | undefined;
  const text =
    (nested && `[${nested}](#${nested.toLowerCase()})`) ??
    words?.map((word) => `\`${word}\``).join(' ') ??
    (isExplained(rule) ? `[${name}](#values)${max ? ` of at most ${max}` : ''}` : said(rule));
  return each ? `each ${text}` : text;
};

const isExplained = ({ context: { schema } }: FieldRule): boolean => schema.pattern !== undefined;

const said = ({ message }: FieldRule): string =>
  message({ value: undefined, constraints: [], targetName: '', object: {}, property: '' })
    .replace('each of ', '')
    .replace(/^ must be /, '')
    .trim();

const values = (): string => {
  const classes = [...definitions.map(({ element }) => element), ...definitions.map(dataClass), ...objects()];
  const rules = classes
    .flatMap(fieldsOf)
    .flatMap((field) => field.rules)
    .filter(isExplained);
  const byName = new Map(rules.map((rule) => [rule.name, said(rule)]));
  byName.set('cameo-code', 'a CAMEO code of 2 to 4 digits that, after falling back to a prefix, belongs to the type');
  return [...byName]
    .map(([name, text]) => `- *${name}*: ${text.replace(/of 1 to \d+ characters/, 'of bounded length')}`)
    .join('\n');
};

/** JSON with what fits on a line on a line. */
const compact = (value: unknown, indent = ''): string => {
  const line = JSON.stringify(value, null, 1).replace(/\n */g, ' ');
  if (typeof value !== 'object' || value === null || line.length + indent.length <= 100) return line;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value)
    ? value.map((item) => compact(item, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${compact(item, deeper)}`);
  return `${open}\n${entries.map((entry) => deeper + entry).join(',\n')}\n${indent}${close}`;
};

const codes = ({ cameo }: EventDefinition): readonly string[] => {
  if (cameo === undefined) return [];
  const taken = Map.groupBy(
    [...cameoEntries()].filter((entry) => agrees(entry, cameo)),
    ({ subType }) => subType,
  );
  const each = [...taken].map(
    ([subType, entries]) =>
      `${subType} ${entries.map(({ code, goldstein10 }) => `${code} (${goldstein10 / 10})`).join(', ')}`,
  );
  return [`CAMEO codes and weights: ${each.join('; ')}.`];
};

if (require.main === module) process.stdout.write(eventsPage());
