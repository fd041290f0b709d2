export { checkRecord, type RecordCheck } from './check-record';
export { crisisBundle } from './crisis-bundle';
export { HeadsFile, readHeads } from './heads-file';
export { initKeys, readSecretKey, readVerifierKeys } from './key-files';
export { LEDGER_FILE, LedgerStore } from './ledger-store';
export { Notary, type SignedHead } from './notary';
export { RecordFault } from './record-fault';
export { DoesNotExtend, restoreHeads } from './restore';
export { ForeignEvent } from './stored-leaves';
