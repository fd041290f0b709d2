import { definitions } from '#catalogue';
import { actorCodesOf } from '#projections';
import { effectiveOf } from '../read/answer-events';
import { wireEvent } from '../view-worker/wire-event';
import type { ReadContext } from '../view-worker/read-context';
import type { SnapshotQuestion } from '../view-worker/read-request';
import { requireCrisis } from '../views/scene';
import { isAsked } from './feed-query';

const PAGE = 200;
const KINDS = new Map<string, string>(definitions.map(({ type, kind }) => [type, kind]));

/**
 * A page of what is in force at a point, in the order of the record: reports as last corrected, and the events of the
 * frame; nothing retracted, and no amendments. The first line says where the next page begins.
 */
export function answerSnapshot(context: ReadContext, { query, after, asOf }: SnapshotQuestion): string {
  const { store, log } = context;
  const { crisis, reader } = query;
  if (crisis !== undefined) requireCrisis(context, crisis, reader.level, log.head());
  const rows = store.listing.visible({ level: reader.level, crisis, after, upTo: asOf, limit: PAGE });
  const lines = rows
    .filter(({ type }) => KINDS.get(type) !== 'amendment')
    .filter(({ position, type, crisis }) => isAsked({ type, crisis, actors: actorsAt(position) }, query))
    .map(({ position, type, crisis }) =>
      KINDS.get(type) === 'report'
        ? effectiveOf(context, crisis, position, reader, asOf)
        : wireEvent(log.at(position)!, store.listing.levelAt(position), reader),
    )
    .filter((event) => event !== null)
    .map((event) => JSON.stringify(event));
  const next = rows.length < PAGE ? null : rows.at(-1)!.position;
  return [JSON.stringify({ next }), ...lines].join('\n');

  function actorsAt(position: number): string[] {
    if (query.actor === undefined) return [];
    return [...actorCodesOf((JSON.parse(log.at(position)!.body) as { content: object }).content)];
  }
}
