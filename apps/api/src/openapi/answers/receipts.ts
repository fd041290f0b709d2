import { COUNT, CRISIS_ID, EVENT_ID, FLAG, list, object, ref, said, type Schema, TIME, TOKEN, words } from '../schema';

const receipt = {
  eventId: EVENT_ID,
  crisisId: CRISIS_ID,
  recordedAt: TIME,
  cursor: said(
    'The point at which this event was the last; quoted it is the ETag. Missing where this instance does not know yet which that is: the event is durable all the same, and repeating the request shows it later.',
    TOKEN,
  ),
  revision: said('Place in the crisis, from 0. For those who may see numbers.', COUNT),
  position: said('Place in the whole log, from 0. For those who may see numbers.', COUNT),
  repeated: said('It was there already with the same content: this is the original result.', FLAG),
} satisfies Record<string, Schema>;
const { repeated: _repeated, ...others } = receipt;
const lineReceipt = {
  ...others,
  cursor: said('On the last of the receipts that are written together, thus on the last of all.', TOKEN),
};
const LINE = said('From 0, empty lines not counted.', COUNT);

/** What appends answer. */
export const RECEIPTS: Readonly<Record<string, Schema>> = {
  Receipt: object(receipt, ['cursor', 'revision', 'position']),
  Receipts: object({ events: said('In the order of the array.', list(ref('Receipt'), { minItems: 1 })) }),
  LineResult: {
    description: 'One line of the answer to NDJSON.',
    oneOf: [
      object({ line: LINE, status: said('200: it was there already.', words([200, 201])), ...lineReceipt }, [
        'cursor',
        'revision',
        'position',
      ]),
      object({ line: LINE, status: { type: 'integer', minimum: 400, maximum: 599 }, problem: ref('Problem') }),
    ],
  },
};
