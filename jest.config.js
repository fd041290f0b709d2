const { join } = require('node:path');

// Jest runs what ships: the output of `npm run build`, under the same Node that runs the server.
// NestJS 12 is ESM-only; its packages (and theirs) are turned into CommonJS here, everything else runs untouched.
const esmOnly = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'uid',
  'iterare',
  'canonicalize',
  'jose',
];

// Servers and commands are started by the hundred: what Node compiles for one the next reads.
process.env.NODE_COMPILE_CACHE ??= join(__dirname, 'dist', '.compile-cache');

module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/dist'],
  testMatch: ['**/*.spec.js'],
  testEnvironment: 'node',
  testSequencer: '<rootDir>/dist/test/support/slow-first.js',
  // On two cores: one more, since specs also wait for disks, clocks and the time that a server gives its clients.
  maxWorkers: 3,
  // Whole servers start in these tests, on machines that may be busy.
  testTimeout: 60_000,
  transform: { '\\.js$': ['@swc/jest', { module: { type: 'commonjs' }, jsc: { target: 'es2023' } }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`, '<rootDir>/dist/'],
};
