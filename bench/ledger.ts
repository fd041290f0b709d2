/**
 * What the ledger costs: leaves a second, sizes of proofs, a bundle of a million events verified.
 * `node dist/bench/ledger.js [events]`; everything is made as it is verified, so memory is the verifier's.
 */
import {
  BundleVerifier,
  commitment,
  consistencyProof,
  inclusionProof,
  leafOf,
  ListedLeaves,
  MerkleTree,
  multiProof,
  PARTS,
  rootOf,
  signingKey,
  signKeys,
  signNextHead,
  beginChain,
  writeBundle,
  BundleEvent,
  DisclosedPart,
  openHead,
} from '#ledger';

const events = Number(process.argv[2] ?? 1_000_000);
const report = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);
const seconds = <T>(step: () => T): [T, number] => {
  const start = performance.now();
  return [step(), (performance.now() - start) / 1000];
};
const rate = (count: number, s: number) => `${Math.round(count / s).toLocaleString('en')}/s, ${s.toFixed(2)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

const parts: Readonly<Record<DisclosedPart, unknown>> = {
  header: {
    eventId: '0197a3c0-0000-7000-8000-000000000001',
    type: 'StrikeReported',
    marking: 'GREEN',
    schemaVersion: 1,
  },
  author: { recordedBy: { principal: 'desk', instance: 'i1', build: '1.0.0' }, $correlationId: 'c' },
  content: {
    occurredAt: '2025-06-13T00:00:00Z',
    actors: [{ code: 'ISR' }],
    summary: 'x'.repeat(300),
    data: { weapon: 'air' },
  },
  refs: {},
  sources: { sources: [{ name: 'wire', url: 'https://example.org/1' }] },
};
const salts = Buffer.alloc(96, 7);
const saltText = salts.toString('base64url');
// One crisis fills every `every`-th position: only its place differs, so that making events costs little.
const shared = PARTS.slice(1).map((part, i) =>
  commitment(part, salts.subarray(16 * i + 16, 16 * i + 32), parts[part as DisclosedPart]),
);
const commitmentsOf = (revision: number) =>
  Buffer.concat([commitment('place', salts.subarray(0, 16), { stream: 'crisis-a', revision }), ...shared]).toString(
    'base64url',
  );

const tree = new MerkleTree();
let hashing = 0;
const [, building] = seconds(() => {
  const leaf = (position: number) => {
    const [hash, s] = seconds(() => leafOf(commitmentsOf(position)));
    hashing += s;
    return hash;
  };
  for (let position = 0; position < events; position++) tree.append([leaf(position)]);
});
report('leaves made of commitments', rate(events, hashing));
report('leaves appended to the tree, one by one', rate(events, building - hashing));
report('inclusion proof', `${inclusionProof(tree.subtrees, (events / 3) | 0, events).length} hashes`);
report('consistency proof', `${consistencyProof(tree.subtrees, (events / 3) | 0, events).length} hashes`);
for (const every of [10, 100, 1_000]) {
  const positions = Array.from({ length: Math.ceil(events / every) }, (_, i) => i * every);
  const [proof, s] = seconds(() => multiProof(tree.subtrees, positions, events));
  const listed = new ListedLeaves();
  const [root, verified] = seconds(() => {
    for (const position of positions) listed.add(position, tree.subtrees(0, position)!);
    return listed.root(events, proof);
  });
  if (Buffer.compare(root, rootOf(tree.frontier)) !== 0) throw new Error('the proof does not hold');
  report(
    `${positions.length} leaves, every ${every}th of ${events}`,
    `${proof.length} hashes, made in ${s.toFixed(2)} s, verified in ${verified.toFixed(2)} s`,
  );
}

const key = signingKey('bench.example', Buffer.alloc(32, 1));
const recovery = signingKey('bench.example', Buffer.alloc(32, 2));
const keys = signKeys(undefined, { signing: [key], recovery }, [key]);
const chain = beginChain('bench.example', [key], keys);
const note = signNextHead({ origin: 'bench.example', size: events, subtrees: tree.subtrees }, key);
function* bundleEvents(): Generator<BundleEvent> {
  for (let i = 0; i < events; i++) yield { position: i, commitments: commitmentsOf(i), salts: saltText, parts };
}
const verifier = new BundleVerifier({ trusted: [key] });
const input = { crisis: 'a', origin: 'bench.example', events: bundleEvents(), subtrees: tree.subtrees, key };
const head = { ...openHead(note, [key]), revision: 1, note };
let bytes = 0;
let lines = 0;
const before = process.memoryUsage.rss();
let peak = before;
let verifying = 0;
for (const line of writeBundle({ ...input, head, statements: [{ revision: 0, note: keys }], tip: chain.tip })) {
  bytes += line.length + 1;
  const start = performance.now();
  verifier.take(line);
  verifying += performance.now() - start;
  if (lines++ % 4096 === 0) peak = Math.max(peak, process.memoryUsage.rss());
}
const [verdict, finished] = seconds(() => verifier.finish());
report(
  `a bundle of ${verdict.events} events, every part shown`,
  `${megabytes(bytes)}, ${Math.round(bytes / events)} bytes an event`,
);
report('  verified', rate(events, verifying / 1000 + finished));
report('  resident memory before (tree of all leaves), at most', `${megabytes(before)}, ${megabytes(peak)}`);
