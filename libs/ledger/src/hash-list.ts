import { Hash, HASH_BYTES, checkedHash } from './sha256';

/** Hashes one after the other in one piece of memory: 32 bytes each, where a Buffer each would take 150. */
export class HashList {
  private bytes = Buffer.alloc(16 * HASH_BYTES);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** A view. It stays what it is while the list grows, and not when the list is cut and grows again. */
  at(index: number): Hash | undefined {
    if (index < 0 || index >= this.count) return undefined;
    return this.bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  push(hash: Hash): void {
    if ((this.count + 1) * HASH_BYTES > this.bytes.length) this.bytes = Buffer.concat([this.bytes, this.bytes]);
    this.bytes.set(checkedHash(hash), this.count++ * HASH_BYTES);
  }

  /** Keeps the first `length`. */
  cut(length: number): void {
    this.count = length;
  }
}
