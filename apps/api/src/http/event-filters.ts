import { definitions, isActorCode } from '#catalogue';
import { badParameter, type Query, textParameter } from './parameters';

const TYPES: readonly string[] = definitions.map(({ type }) => type);

export function typesParameter(query: Query): readonly string[] | undefined {
  const types = textParameter(query, 'type')?.split(',');
  const unknown = types?.find((type) => !TYPES.includes(type));
  if (unknown !== undefined) throw badParameter('type', `${unknown} is no event type; there are ${TYPES.join(', ')}.`);
  return types;
}

export function actorParameter(query: Query): string | undefined {
  const actor = textParameter(query, 'actor');
  if (actor !== undefined && !isActorCode(actor))
    throw badParameter('actor', 'an actor code such as IRN or IRNMIL; a shorter one finds those that begin with it.');
  return actor;
}
