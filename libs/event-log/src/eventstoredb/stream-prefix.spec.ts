import { openEnvelope } from './open-envelope';
import { laterEvent } from './stream-prefix';

test("another writer's event behind the mirror is a fact like any other, and a repetition of nothing", () => {
  const event = openEnvelope({
    stream: 'crisis-a',
    revision: 3,
    id: '00000000-0000-4000-8000-000000000000',
    type: 'Elsewhere',
    data: { anything: true },
    metadata: undefined,
    created: 0,
    position: { commit: 1n, prepare: 1n },
  });
  expect(laterEvent(event)).toMatchObject({ revision: 3, type: 'Elsewhere', marking: 'RED', contentHash: '' });
});
