import { TLP } from '#catalogue';
import { projections } from '#projections';
import {
  COUNT,
  CRISIS_ID,
  EVENT_ID,
  EVENT_IDS,
  FLAG,
  GAUGE,
  list,
  NUMBER,
  nullable,
  object,
  ref,
  said,
  type Schema,
  TEXT,
  TIME,
  words,
} from '../schema';

const HASH: Schema = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$' };
const PROOF = said('Hashes from below, base64.', list(HASH));
const NOTE = said('The head as a signed note (c2sp.org/tlog-checkpoint).', TEXT);
const POINT = object({ size: COUNT, root: HASH });

const change = object({
  a: said('Null where the crisis was not known.', nullable(GAUGE)),
  b: GAUGE,
  change: NUMBER,
  drivers: said(
    'Those whose share differs, the greatest difference first; `others` are all that the lists of 50 leave out.',
    list(object({ eventId: { anyOf: [EVENT_ID, { const: 'others' }] }, a: NUMBER, b: NUMBER, change: NUMBER })),
  ),
});

export const AUDIT: Readonly<Record<string, Schema>> = {
  TreeHead: object({
    origin: said('The name of the log, under which it signs.', TEXT),
    epoch: said('How often it was restored with a loss.', COUNT),
    size: said('How many events.', COUNT),
    root: said('Of the Merkle tree (RFC 6962), base64.', HASH),
    revision: said('Of the head in the stream of heads.', COUNT),
    note: NOTE,
    keys: said('Verifier keys now valid, as the log says: get yours from elsewhere.', list(TEXT)),
    statements: said(
      'All that was said of keys, wrong heads and restores, oldest first, each signed by a key then valid.',
      list(object({ revision: COUNT, note: NOTE })),
    ),
  }),
  InclusionProof: object({ position: COUNT, leaf: HASH, size: COUNT, proof: PROOF, head: NOTE }),
  ConsistencyProof: object({ from: POINT, to: POINT, proof: PROOF }),
  Replay: object({
    crisisId: CRISIS_ID,
    level: words(TLP),
    asShown: said('By the markings then in force.', FLAG),
    at: TIME,
    asOf: ref('AsOf'),
    views: object(Object.fromEntries(Object.keys(projections).map((name) => [name, ref('ReplayedView')]))),
  }),
  ReplayedView: said('As the view was answered, without its `asOf`.', {
    type: 'object',
    properties: { digest: ref('Digest'), crisisId: CRISIS_ID, at: TIME },
    required: ['digest', 'crisisId', 'at'],
  }),
  Diff: object({
    crisisId: CRISIS_ID,
    at: TIME,
    a: said('Null where the crisis was not known yet.', nullable(ref('AsOf'))),
    b: ref('AsOf'),
    events: object({
      came: EVENT_IDS,
      corrected: EVENT_IDS,
      retracted: EVENT_IDS,
      reinstated: said('Retracted then, and in force again.', EVENT_IDS),
      remarked: said('Given another marking in between.', EVENT_IDS),
    }),
    risk: change,
    diplomacyGauge: change,
  }),
};
