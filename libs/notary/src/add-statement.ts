import { follow, type HeadChain } from '#ledger';
import type { HeadsFile } from './heads-file';
import type { LedgerStore } from './ledger-store';

/** Adds a signed statement to the stream of heads, durably, if the chain takes it. @throws Refusal where it does not */
export function addStatement(
  { store, file }: { readonly store: LedgerStore; readonly file?: HeadsFile | undefined },
  chain: HeadChain,
  note: string,
): HeadChain {
  const revision = chain.revision + 1;
  const step = follow(chain, revision, note);
  if ('ignored' in step) throw step.ignored;
  // The table first, as for heads: what the file lacks is added to it at the next start.
  store.addNote({ revision, note });
  file?.addNote({ revision, note });
  return step.chain;
}
