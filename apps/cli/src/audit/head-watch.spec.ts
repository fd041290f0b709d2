import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consistencyProof, type MerkleTree, Refusal, signDisowned, signKeys, signRestored } from '#ledger';
import { frontierAt, rootOf } from '#ledger';
import { type Note, ORIGIN, SampleChain, sampleKey, sampleLog } from '../../../../libs/ledger/src/testing/sample-log';
import { HeadWatch } from './head-watch';

// A monitor's file against a keeper who holds every key of the log, the recovery key too.

const folder = mkdtempSync(join(tmpdir(), 'crisis-log-watch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recovery = sampleKey('recovery');
const treeOf = (count: number, salt?: string): MerkleTree =>
  sampleLog(
    Array.from({ length: count }, () => 'a'),
    salt,
  ).tree;
const log = treeOf(12);
const rewritten = treeOf(12, 'rewritten');
const at = (tree: MerkleTree, size: number) => ({ size, root: rootOf(frontierAt(tree.subtrees, size)) });

let files = 0;
/** A monitor that saw a log at sizes 4 and 8, of 12 events that were signed. */
async function watching() {
  const file = join(folder, `seen-${files++}`);
  const chain = new SampleChain();
  const round = async (head: Note, tree: MerkleTree, statements: readonly Note[] = chain.statements) => {
    const prove = (from: number, to: number) => Promise.resolve(consistencyProof(tree.subtrees, from, to));
    try {
      // As the command does, each round may be a process of its own.
      return await new HeadWatch(file, [chain.signing], ORIGIN).take({ ...head, statements }, prove, 0);
    } catch (error) {
      if (error instanceof Refusal) return error.reason;
      throw error;
    }
  };
  for (const size of [4, 8]) expect(await round(chain.addHead(log, size), log)).toEqual([]);
  chain.addHead(log, 12);
  return { file, chain, round };
}

const restored = (chain: SampleChain, tree: MerkleTree, size: number) =>
  chain.add(signRestored(chain.chain, { last: chain.chain.last!, kept: at(tree, size) }, recovery));

test('a loss that was stated is told, and what was seen below it still stands', async () => {
  const { chain, round } = await watching();
  restored(chain, log, 6);
  const after = treeOf(7);
  expect(await round(chain.addHead(after), after)).toEqual([expect.stringMatching(/^[^\n]+\/restored\n\{.*\}$/)]);
  const more = treeOf(9);
  expect(await round(chain.addHead(more), more)).toEqual([]);
});

test.each([6, 10])('a history rewritten under the name of a restore is refused (kept: %i)', async (kept) => {
  const { file, chain, round } = await watching();
  const before = readFileSync(file, 'utf8');
  restored(chain, rewritten, kept);
  expect(await round(chain.addHead(rewritten), rewritten)).toBe('root-differs');
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('nor does taking back a head rewrite what is below the one that is kept', async () => {
  const { chain, round } = await watching();
  const kept = { ...at(rewritten, 6), origin: ORIGIN };
  chain.add(signDisowned(chain.chain, { wrong: chain.chain.last!, kept, reason: 'r' }, recovery));
  expect(await round(chain.addHead(rewritten), rewritten)).toBe('root-differs');
});

test('of several losses between two rounds the last counts', async () => {
  const { chain, round } = await watching();
  restored(chain, log, 11);
  const branch = treeOf(11);
  branch.append(rewrittenLeaves(1));
  chain.addHead(branch);
  restored(chain, log, 5);
  const last = treeOf(5);
  last.append(rewrittenLeaves(4));
  expect(await round(chain.addHead(last), last)).toHaveLength(2);
});

test('a line that was cut off in the middle is not believed, and does not spoil the next', async () => {
  const { file, chain, round } = await watching();
  const before = readFileSync(file, 'utf8');
  appendFileSync(file, '{"seenAt":0,"revision":3,"no');
  const more = treeOf(14);
  const newest = chain.addHead(more);
  for (let again = 0; again < 2; again++) expect(await round(newest, more)).toEqual([]);
  const [, line] = readFileSync(file, 'utf8').split(before);
  expect(JSON.parse(line!)).toMatchObject({ revision: newest.revision });
});

test.each(['a key, without a line end', '{"keys":[]}'])('a file of somebody else is left as it is: %s', (text) => {
  const file = join(folder, `other-${files++}`);
  writeFileSync(file, text);
  expect(() => new HeadWatch(file, [], ORIGIN)).toThrow('is no file of heads');
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('something said of the keys at a revision that was seen without it is a split view', async () => {
  const { chain, round } = await watching();
  const [keys] = chain.statements;
  const slipped = { revision: 1, note: signKeys(chain.chain, { signing: [chain.signing], recovery }, [chain.signing]) };
  expect(await round(chain.addHead(log), log, [keys!, slipped])).toBe('split-view');
});

const rewrittenLeaves = (count: number) => Array.from({ length: count }, (_, i) => rewritten.subtrees(0, i)!);
