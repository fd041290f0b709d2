export { checkRecord, type RecordCheck } from './check-record';
export { crisisBundle } from './crisis-bundle';
export { readHeads } from './heads-file';
export { initKeys, readVerifierKeys } from './key-files';
export { LEDGER_FILE, LedgerStore } from './ledger-store';
export { Notary, type SignedHead } from './notary';
export { RecordFault } from './record-fault';
