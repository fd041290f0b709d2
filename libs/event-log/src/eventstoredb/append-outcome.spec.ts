import { outcomeOf } from './append-outcome';

describe('what an error of the client says of an append', () => {
  it.each<[string, object, string]>([
    ['another revision', { type: 'wrong-expected-version', message: '' }, 'conflict'],
    ['no connection', { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: No connection established' }, 'away'],
    ['the same without a type', { code: 14, message: 'No connection established' }, 'away'],
    ['a server that starts', { type: 'unknown', message: 'Server Is Not Ready' }, 'away'],
    ['no turn in time', { message: 'Not sent in time' }, 'away'],
    ['a follower', { type: 'not-leader', code: 5 }, 'away'],
    ['too large', { type: 'maximum-append-size-exceeded' }, 'refused'],
    ['a tombstone', { type: 'stream-deleted' }, 'refused'],
    ['no permission', { type: 'access-denied', code: 7 }, 'refused'],
    ['malformed', { type: 'invalid-argument', message: 'BadRequest' }, 'refused'],
    ['a connection reset', { type: 'unavailable', code: 14, message: 'read ECONNRESET' }, 'unknown'],
    ['a connection dropped', { type: 'unavailable', code: 14, message: 'Connection dropped' }, 'unknown'],
    ['a deadline', { type: 'deadline-exceeded', code: 4 }, 'unknown'],
    ['a deadline of the server, without a code', { type: 'deadline-exceeded' }, 'unknown'],
    ['a forwarding timeout', { type: 'timeout', code: 10, message: 'Forwarding timeout' }, 'unknown'],
    ['an exception in the server', { type: 'unknown', code: 2 }, 'unknown'],
    ['an internal error', { code: 13 }, 'unknown'],
    ['nothing at all', {}, 'unknown'],
  ])('%s', (_what, error, kind) => {
    expect(outcomeOf(error)).toMatchObject({ kind });
  });
});
