import { SCOPES } from '#access';
import { TLP } from '#catalogue';
import { CRISIS_ID, list, object, said, type Schema, TEXT, TIME, words } from '../schema';

export const SESSION: Readonly<Record<string, Schema>> = {
  Session: object(
    {
      principal: said('Stored with what it appends.', TEXT),
      level: said('Its level, but for the crises in `red`.', words(TLP)),
      red: said('The crises where it is RED.', list(CRISIS_ID)),
      scopes: list(words(SCOPES)),
      expiresAt: said('Of the cookie.', TIME),
    },
    ['expiresAt'],
  ),
  SessionEnded: object({ ended: { const: true } }),
};
