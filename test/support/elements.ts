/** Elements as clients send them, small and valid; each test alters what it is about. */

export const opening = (crisisId: string, more: object = {}): Record<string, unknown> => ({
  crisisId,
  occurredAt: '2026-01-01T00:00:00Z',
  tlp: 'CLEAR',
  data: {
    title: 'U.S.-Iran confrontation',
    sides: [
      { name: 'Iran', members: ['IRN'] },
      { name: 'United States and Israel', members: ['USA', 'ISR'] },
    ],
    mediators: ['OMN', 'QAT'],
    bodies: ['UNO', 'IAE', 'EEC'],
    issues: ['oil', 'enrichment', 'security_guarantees'],
  },
  ...more,
});

let minted = 0;

/** A fresh eventId, the same in every run of a spec. */
export const newId = (): string => `00000000-0000-4000-8000-${String(++minted).padStart(12, '0')}`;

export const strike = (more: object = {}): Record<string, unknown> => ({
  eventId: newId(),
  type: 'StrikeReported',
  occurredAt: '2026-02-03T00:30:00Z',
  cameoCode: '195',
  actors: [{ code: 'ISR' }],
  recipients: [{ code: 'IRN' }],
  sources: [{ name: 'Agency', reliability: 'B', credibility: 2 }],
  tlp: 'CLEAR',
  summary: 'Air strike on a military site near Isfahan.',
  data: { weapons: ['aircraft'] },
  ...more,
});

export const contact = (more: object = {}): Record<string, unknown> => ({
  eventId: newId(),
  type: 'MediationContactReported',
  occurredAt: '2026-02-04T09:00:00Z',
  cameoCode: '045',
  actors: [{ code: 'OMN' }],
  recipients: [{ code: 'IRN' }],
  sources: [{ name: 'Ministry', reliability: 'A', credibility: 1 }],
  tlp: 'CLEAR',
  summary: 'Oman carries a message to Tehran.',
  data: { channel: 'shuttle', mediator: { code: 'OMN' }, parties: [{ code: 'IRN' }, { code: 'USA' }] },
  ...more,
});

export const statement = (more: object = {}): Record<string, unknown> => ({
  eventId: newId(),
  type: 'OfficialStatementIssued',
  occurredAt: '2026-02-05T12:00:00Z',
  cameoCode: '111',
  actors: [{ code: 'USAGOV' }],
  recipients: [{ code: 'IRN' }],
  sources: [{ name: 'Agency', reliability: 'B', credibility: 2 }],
  tlp: 'CLEAR',
  summary: 'Washington criticises the enrichment programme.',
  data: { stance: 'critical' },
  ...more,
});

export const retraction = (target: string, more: object = {}): Record<string, unknown> => ({
  eventId: newId(),
  type: 'EventRetracted',
  occurredAt: '2026-02-06T00:00:00Z',
  data: { target, reason: 'false' },
  ...more,
});

export const correction = (target: string, content: object, more: object = {}): Record<string, unknown> => ({
  eventId: newId(),
  type: 'EventCorrected',
  occurredAt: '2026-02-06T00:00:00Z',
  data: { target, reason: 'attribution', content },
  ...more,
});

/** An element without its id and marking: what a correction's `content` is. */
export function contentOf(element: Record<string, unknown>): Record<string, unknown> {
  const { eventId: _eventId, tlp: _tlp, ...content } = element;
  return content;
}
