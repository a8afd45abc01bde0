// Do the files in docker/ say what they must? Read as text: nothing is built here.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { overrides } from '../../src/config/environment.ts';

const read = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docker/${name}`, import.meta.url)), 'utf8');

describe('the image', () => {
  const text = read('Dockerfile');
  it('does not run as root, and has a health check and a stop signal', () => {
    expect(text.match(/^USER (\w+)$/m)?.[1]).toBe('node');
    expect(text).toMatch(/^HEALTHCHECK /m);
    expect(text).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(text.match(/^FROM /gm)).toHaveLength(2);
  });

  it('copies only what is in the repository', () => {
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      (match) => match[1]?.split(' ') ?? [],
    );
    expect(copied.length).toBeGreaterThan(0);
    for (const name of copied) {
      expect(existsSync(fileURLToPath(new URL(`../../${name}`, import.meta.url))), name).toBe(true);
    }
  });
});

describe.each(['sandbox.compose.yaml', 'region.compose.yaml'])('%s', (name) => {
  const compose = parse(read(name), { merge: true });
  const gateways = Object.entries<Record<string, unknown>>(compose.services).filter(
    ([, one]) => 'build' in one,
  );

  it('runs gateways with a read-only root, no capabilities and no new privileges', () => {
    expect(gateways.length).toBeGreaterThan(0);
    for (const [, one] of gateways) {
      expect(one).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('sets no variable that the gateway does not read, and no secret', () => {
    const known = [...overrides.map((one) => one.variable), 'SLUIS_HEALTH_URL', 'SLUIS_CONFIG'];
    for (const [, one] of gateways) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(one.environment ?? {})));
    }
    expect(read(name)).not.toMatch(/PASSWORD: *\S/);
  });

  it('publishes no port of operators or database', () => {
    expect(read(name)).not.toMatch(/"\d*:?(9090|5432):/);
  });
});

describe('the proxy', () => {
  const text = read('proxy.conf');

  it('passes on no header with which a caller could pass for Mitz', () => {
    expect(text).toMatch(/^\s*proxy_set_header Client-Cert "";$/m);
    expect(text).toMatch(/^\s*proxy_set_header X-Forwarded-For \$remote_addr;$/m);
  });

  it('logs no address of a request: some are links that open a page', () => {
    expect(text).toMatch(/^\s*error_log \S+ crit;$/m);
    const logged = text.match(/^log_format .*$/gm)?.join() ?? '';
    expect(logged).not.toMatch(/\$request\b(?!_)|\$uri|\$request_uri|\$args|\$query_string|\$http_referer/);
    for (const [, format] of text.matchAll(/^\s*access_log \S+ ?(\w*);$/gm)) expect(format).toBe('plain');
  });
});
