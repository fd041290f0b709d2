import { SCOPES } from '#access';
import { TLP } from '#catalogue';
import { PROBLEMS } from '../../http/problem';
import { COUNT, CRISIS_ID, EVENT_ID, list, object, said, type Schema, TEXT, words } from '../schema';

const names = Object.keys(PROBLEMS);
const statuses = [...new Set(Object.values(PROBLEMS).map(([status]) => status))];

const standard = {
  type: said('Its address on this server, which says what it means.', words(names.map((name) => `/problems/${name}`))),
  title: TEXT,
  status: words(statuses),
  next: said('What to do about it.', TEXT),
};

/** Members that some types have beside the standard ones. */
const more = {
  parameter: said('The parameter or header that is not usable.', TEXT),
  errors: list(
    object({
      pointer: said('JSON pointer into the body; the whole for the empty one.', TEXT),
      rule: said('Stable name of the rule that is broken.', TEXT),
      message: TEXT,
    }),
    { minItems: 1 },
  ),
  index: said('Element of the array.', COUNT),
  pointer: said('JSON pointer into that element.', TEXT),
  crisisId: CRISIS_ID,
  eventId: EVENT_ID,
  current: said('The ETag with which to try again.', TEXT),
  required: words(TLP),
  scopes: said('Any of these is enough.', list(words(SCOPES))),
  allowed: list(TEXT),
  known: list(TEXT),
  position: said('Where what is wrong with the record begins,', COUNT),
  to: said('and where it ends, in the order of the log.', COUNT),
  movedTo: said('Where the record is now, as its operator says it.', TEXT),
  instance: said('What to tell the operator.', TEXT),
};

/** RFC 9457. */
export const PROBLEM: Readonly<Record<string, Schema>> = {
  Problem: object(
    { ...standard, detail: said('What is wrong in this request.', TEXT), ...more },
    Object.keys(more) as (keyof typeof more)[],
  ),
  ProblemType: object(standard),
};
