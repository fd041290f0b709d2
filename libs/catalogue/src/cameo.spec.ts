import { type EventType, definitions } from '.';
import { agrees, cameo, cameoEntries } from './cameo';

const takes = (type: EventType, code: string): boolean => {
  const found = cameo(code);
  const { cameo: codes } = definitions.find((its) => its.type === type)!;
  return found !== undefined && codes !== undefined && agrees(found, codes);
};

const typesThatTake = (code: string): readonly EventType[] =>
  definitions.map(({ type }) => type).filter((type) => takes(type, code));

test.each([
  ['195', { code: '195', goldstein10: -100, kinetic: true, eventType: 'strike', subType: 'air_or_drone_strike' }],
  ['1951', { code: '195', goldstein10: -100, kinetic: true }],
  ['176', { code: '17', goldstein10: -70, kinetic: false, subType: 'coercion' }],
  ['152', { goldstein10: -72, kinetic: false, subType: 'force_posture' }],
  ['010', { code: '010', goldstein10: 0, kinetic: false, eventType: 'official_statement' }],
  ['042', { goldstein10: 19 }],
  // GDELT's column where ICEWS differs
  ['016', { goldstein10: -20 }],
  ['022', { goldstein10: 32 }],
  ['164', { goldstein10: -70 }],
])('%s is %j', (code, expected) => {
  expect(cameo(code)).toMatchObject(expected);
});

test.each(['999', '21', '1', '', '00', 'x', '10x'.slice(2)])('%j is no code', (code) => {
  expect(cameo(code)).toBeUndefined();
});

test('the weights are integers within the scale', () => {
  const weights = [...cameoEntries()].map(({ goldstein10 }) => goldstein10);
  expect(weights).toHaveLength(311);
  expect(weights.every((weight) => Number.isInteger(weight) && Math.abs(weight) <= 100)).toBe(true);
});

const STATEMENT = ['MultilateralEngagementReported', 'OfficialStatementIssued'];
const CONTACT = ['MediationContactReported', 'MultilateralEngagementReported'];

// prettier-ignore
test.each<[string, readonly string[], readonly string[]]>([
  ['force, and postures short of it', ['190', '195', '1951', '152', '171', '186', '20'], ['StrikeReported', 'RetaliationReported']],
  ['consultations and signed agreements', ['04', '040', '042', '045', '046', '057'], CONTACT],
  ['other contacts', ['036', '037', '038', '039', '164', '165'], ['MediationContactReported']],
  ['contacts in the verbs of a statement', ['028', '125', '126', '127', '134', '135', '108'], CONTACT],
  ['sanctions', ['163', '162', '0354', '085'], ['SanctionsStatementIssued']],
  ['sanctions in the verbs of a statement', ['1312', '1054', '1244', '0254'], ['MultilateralEngagementReported', 'SanctionsStatementIssued']],
  ['what only bodies do', ['0862', '0355', '053', '092', '1662', '129', '0255', '1245', '1055'], ['MultilateralEngagementReported']],
  ['statements in verbal codes', ['010', '016', '020', '026', '100', '111', '112', '120', '130', '138', '139'], STATEMENT],
  ['other statements', ['030', '051', '161'], ['OfficialStatementIssued']],
  ['aid', ['07', '070', '071', '0711', '072', '074', '075'], ['OfficialStatementIssued']],
  ['humanitarian aid', ['073', '0731'], ['ConfidenceBuildingMeasureReported']],
  ['steps towards each other', ['0841', '0871', '0874', '0356', '055', '062'], ['ConfidenceBuildingMeasureReported']],
  ['protest, domestic yielding and coercion', ['14', '141', '145', '08', '081', '0834', '172', '175'], []],
])('%s', (_, codes, types) => {
  const expected = codes.map((code) => [code, types.toSorted()]);
  expect(codes.map((code) => [code, typesThatTake(code).toSorted()])).toEqual(expected);
});

test('every code in scope has a type that takes it', () => {
  const homeless = [...cameoEntries()].filter(
    ({ code, eventType }) => eventType !== 'out_of_scope' && typesThatTake(code).length === 0,
  );
  expect(homeless).toEqual([]);
});
