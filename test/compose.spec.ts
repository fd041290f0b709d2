import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { recordUrl } from '#event-log';
import { readConfig } from '../apps/api/src/config';
import { ROOT } from './support/fixture';

/** Comes with Jest. What these files do is not tried here: that takes Docker. */
const { load } = createRequire(__filename)('js-yaml') as { readonly load: (text: string) => unknown };

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly entrypoint?: string | readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly secrets?: Readonly<Record<string, object>>;
}

const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const ours = ({ image }: Service): boolean => image === 'crisis-log';

describe.each([
  ['docker-compose.yml', ['api']],
  ['docker-compose.cluster.yml', ['api-1', 'api-2']],
])('%s', (file, servers) => {
  const { services, volumes, secrets = {} } = load(text(file)) as Compose;
  const all = Object.values(services);

  test('publishes on this machine only', () => {
    const ports = all.flatMap(({ ports = [] }) => ports);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  });

  test('names only services, volumes and secrets that there are', () => {
    const named = all.flatMap(({ depends_on = {} }) => Object.keys(depends_on));
    expect(named.filter((name) => !(name in services))).toEqual([]);
    const mounted = all.flatMap(({ volumes: mounts = [] }) => mounts.map((mount) => mount.split(':')[0]!));
    expect(new Set(mounted)).toEqual(new Set(Object.keys(volumes)));
    expect(all.flatMap(({ secrets: used = [] }) => used).filter((name) => !(name in secrets))).toEqual([]);
  });

  test('turns the telemetry of EventStoreDB off, and keeps its appends durable', () => {
    const nodes = all.filter(({ image = '' }) => image.startsWith('eventstore/eventstore:'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const { environment, healthcheck } of nodes) {
      expect(environment).toMatchObject({ EVENTSTORE_TELEMETRY_OPTOUT: 'true' });
      expect(Object.keys(environment!).filter((name) => /UNSAFE|MEM_DB/.test(name))).toEqual([]);
      expect(healthcheck).toBeDefined();
    }
  });

  test('starts each server on settings it takes, with a mirror of its own, once there is a key', () => {
    for (const name of servers) {
      const { environment = {}, volumes: mounts = [], depends_on: after } = services[name]!;
      const { EVENTSTOREDB_URL_FILE: _file, ...settings } = environment;
      expect(readConfig({ ...settings, HOST: '0.0.0.0' }).instance).toBe(name);
      expect(after).toEqual({ 'first-key': { condition: 'service_completed_successfully' } });
      expect(mounts).toContain('secrets:/secrets:ro');
    }
    const mirrors = servers.map((name) => services[name]!.volumes!.find((mount) => mount.endsWith(':/data'))!);
    expect(new Set(mirrors).size).toBe(servers.length);
  });

  test('runs scripts that a shell can read, and commands that there are', () => {
    const scripts = all.flatMap(({ command = [], entrypoint = [] }) =>
      [command, entrypoint].flatMap((words) => (words.length > 1 && words.at(-2) === '-c' ? [words.at(-1)!] : [])),
    );
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) execFileSync('sh', ['-n', '-c', script.replaceAll('$$', '$')]);
    const keys = services['first-key']!.command!.at(-1)!;
    const [, flags] = /keys create ([^>]+)>/.exec(keys.replaceAll(/\\\n/g, ' '))!;
    const dataDir = join(ROOT, 'dist', 'compose-spec-nothing');
    // Without a record it is refused for what is missing, not for its flags.
    const args = [join(ROOT, 'bin', 'crisis-log.js'), 'keys', 'create', ...flags!.trim().split(/\s+/), '--help'];
    expect(execFileSync(process.execPath, [...args, '--data-dir', dataDir], { encoding: 'utf8' })).toContain('--role');
    expect(all.filter(ours).length).toBe(servers.length + 1);
  });
});

test('the cluster’s connection string is one, whatever the password', () => {
  const { services } = load(text('docker-compose.cluster.yml')) as Compose;
  const script = services['first-key']!.command!.at(-1)!.replaceAll('$$', '$');
  const program = /node -e '([^']+)' \\\n\s+> \/secrets\/eventstoredb\.url/.exec(script)![1]!;
  const env = { ...process.env, PASSWORD: 'p@ss:w/rd% é' };
  const url = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8', env }).trim();
  expect(recordUrl({ EVENTSTOREDB_URL: url })).toBe(url);
  expect(decodeURIComponent(/admin:([^@]*)@/.exec(url)![1]!)).toBe('p@ss:w/rd% é');
});

test('the image runs as nobody special, on Node 24, and says whether it is well', () => {
  const dockerfile = text('Dockerfile');
  expect(dockerfile.match(/^FROM \S+/gm)).toEqual(['FROM node:24-slim', 'FROM node:24-slim']);
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK .*\/health\/ready/m);
  for (const [, path] of dockerfile.matchAll(/^COPY --from=build .*\/app\/(\S+)/gm))
    expect(['package.json', 'bin', 'dist', 'node_modules']).toContain(path);
});
