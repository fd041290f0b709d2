/**
 * Every closed vocabulary, in one place, with its source. A value is added by adding a word here; one that was ever
 * accepted is never removed or renamed without a new schema version, since stored events never change.
 */

/** Traffic Light Protocol 2.0 (FIRST), from least to most restricted: the order is the meaning. */
export const TLP = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
export type Tlp = (typeof TLP)[number];

/** PLOVER: statements about an act that is not one of here and now. Such an event has no weight. */
export const AUXILIARY = ['historical', 'future', 'hypothetical', 'negation'] as const;

/** PLOVER 0.7: the contexts of its manual and of its table from CAMEO. */
// prettier-ignore
export const CONTEXTS = [
  'asylum', 'cbrn', 'corruption', 'crime', 'crime_drugs', 'crime_murder', 'crime_sexual', 'crime_theft', 'culture',
  'cyber', 'democracy', 'diplomatic', 'disease', 'economic', 'election', 'enviro_disaster', 'executive', 'gender',
  'government', 'human_rights', 'human_security', 'humanitarian', 'intelligence', 'legal', 'legislative', 'lgbt',
  'migration', 'military', 'peacekeeping', 'political', 'political_institutions', 'pro_autocracy',
  'religion_ethnicity', 'resource', 'rights_freedoms', 'terrorism',
] as const;

/** The Admiralty (NATO) scale: A completely reliable … E unreliable, F cannot be judged. */
export const RELIABILITY = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/** ACLED: how far the source reaches. */
export const SOURCE_SCALES = [
  'local',
  'subnational',
  'national',
  'regional',
  'international',
  'new_media',
  'other',
] as const;

/** ICD 203: confidence in a judgement, and its seven bands of likelihood from 1-5 % to 95-99 %. */
export const CONFIDENCE = ['low', 'moderate', 'high'] as const;
export const LIKELIHOOD = [
  'almost_no_chance',
  'very_unlikely',
  'unlikely',
  'roughly_even_chance',
  'likely',
  'very_likely',
  'almost_certain',
] as const;

/** ACLED and PLOVER. */
export const WEAPONS = [
  'ballistic_missile',
  'cruise_missile',
  'drone',
  'aircraft',
  'artillery',
  'naval',
  'cyber',
  'explosive',
  'other',
] as const;
export const TARGET_CATEGORIES = [
  'nuclear',
  'military',
  'leadership',
  'energy',
  'port',
  'diplomatic',
  'civilian',
] as const;

/** What the retaliating side itself says its answer was, measured against what it answers. */
export const PROPORTIONALITY = ['below', 'matching', 'above', 'unstated'] as const;

/** PLOVER's modes of CONSULT, and the ways of indirect talks. */
export const MEDIATED_CHANNELS = ['back_channel', 'shuttle', 'proximity'] as const;
export const CHANNELS = [...MEDIATED_CHANNELS, 'direct', 'phone', 'letter', 'unknown'] as const;
export const DIRECTIONS = ['one_way', 'two_way'] as const;
export const RANKS = ['head_of_state', 'minister', 'envoy', 'technical'] as const;
export const AGENDA = ['ceasefire', 'sanctions', 'enrichment', 'prisoners', 'guarantees'] as const;
export const CONTACT_OUTCOMES = [
  'agreement',
  'progress',
  'message_passed',
  'no_progress',
  'refused',
  'broken_off',
] as const;

/** GSDB: kinds, objectives and success of sanctions. */
export const INSTRUMENTS = ['trade', 'arms', 'military', 'financial', 'travel', 'other'] as const;
export const OBJECTIVES = [
  'policy_change',
  'destab_regime',
  'territorial_conflict',
  'prevent_war',
  'terrorism',
  'end_war',
  'human_rights',
  'democracy',
  'other',
] as const;
export const SANCTIONS_SUCCESS = ['failed', 'ongoing', 'nego_settlement', 'success_part', 'success_total'] as const;

/** TIES, and CAMEO's verbs of sanctions. */
export const SANCTIONS_ACTIONS = [
  'threatened',
  'imposed',
  'extended',
  'eased',
  'suspended',
  'lifted',
  'demand_easing',
  'refuse_easing',
  'appeal_easing',
  'intent_to_ease',
  'aid_cut',
  'offer',
] as const;

export const FORMATS = ['meeting', 'resolution', 'report', 'inspection', 'censure', 'snapback', 'agreement'] as const;
/** PA-X: stage of an agreement; pre-negotiation, ceasefire, substantive partial or comprehensive, and so on. */
export const STAGES = ['Pre', 'Cea', 'SubPar', 'SubComp', 'Imp', 'Ren', 'Oth'] as const;
export const ACCESS = ['granted', 'partial', 'refused'] as const;

/** CAMEO 08x and the OSCE Vienna Document. */
export const MEASURES = [
  'prisoner_release',
  'ceasefire',
  'de_escalation',
  'withdrawal',
  'blockade_eased',
  'humanitarian_access',
  'hotline',
  'notification',
  'observation',
  'public_commitment',
  'property_return',
  'apology',
  'recognition',
  'humanitarian_aid',
  'material_cooperation',
  'demobilisation',
] as const;
export const RECIPROCITY = ['unilateral', 'reciprocal', 'conditional'] as const;
export const IMPLEMENTATION = ['announced', 'begun', 'verified', 'completed', 'reversed'] as const;
export const UNITS = ['persons', 'units'] as const;

export const STATEMENT_FORMS = ['speech', 'communique', 'interview', 'post', 'letter'] as const;
export const STANCES = ['conciliatory', 'neutral', 'critical', 'threat', 'ultimatum', 'accept', 'reject'] as const;

/** CrisisWatch (International Crisis Group). */
export const TRENDS = ['deteriorated', 'improved', 'unchanged'] as const;

/** Released versions of the risk model. The projections have the models; a test holds the two lists equal. */
export const MODELS = ['1'] as const;

/** Why an event is taken back. */
export const RETRACTION_REASONS = ['false', 'duplicate', 'superseded', 'error'] as const;
