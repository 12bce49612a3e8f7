import { describe, expect, it } from 'vitest';
import { troubleOf, troubleOfInfo } from '../../src/queue/redis-trouble.js';

const coded = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('troubleOf', () => {
  it.each([
    [
      'WRONGPASS invalid username-password pair or user is disabled.',
      'lasting',
      'redis://user:password@host',
    ],
    ['NOAUTH Authentication required.', 'lasting', 'refuses the user or the password'],
    ['ERR AUTH <password> called without any password configured', 'lasting', 'password'],
    [
      "NOPERM this user has no permissions to run the 'info' command",
      'lasting',
      'the command INFO',
    ],
    ['NOPERM No permissions to access a key', 'lasting', 'some of the keys'],
    ['ERR DB index is out of range', 'lasting', 'no database of that number'],
    ["READONLY You can't write against a read only replica.", 'passing', 'its primary'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'passing', 'maxmemory'],
    ['MISCONF Redis is configured to save RDB snapshots', 'passing', 'its disk'],
    ['LOADING Redis is loading the dataset in memory', 'passing', 'wait for it'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'lasting', 'clean --all'],
    ['BUSY Redis is busy running a script.', 'passing', 'SCRIPT KILL'],
  ])('explains %s with the remedy', (message, kind, remedy) => {
    const trouble = troubleOf(new Error(message))!;
    expect(trouble.kind).toBe(kind);
    expect(trouble.message).toContain(remedy);
    const inScript = `ERR Error running script (call to f_1): @user_script:1: ${message}`;
    expect(troubleOf(new Error(inScript))).toEqual(trouble);
  });

  it.each([
    coded('ECONNREFUSED', ''),
    coded('ENOTFOUND', 'getaddrinfo ENOTFOUND redis'),
    new Error('Connection is closed.'),
    // Of a command in flight when the connection closed.
    new Error('Command aborted due to connection close'),
    new Error('Command timed out'),
  ])('explains an unreachable server: %s', (error) => {
    expect(troubleOf(error)).toMatchObject({
      kind: 'away',
      message: expect.stringMatching(/no server answers \(.+\)/),
    });
  });

  it('explains an untrusted certificate', () => {
    const error = coded(
      'SELF_SIGNED_CERT_IN_CHAIN',
      'self-signed certificate in certificate chain',
    );
    expect(troubleOf(error)!.message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('returns null for other errors', () => {
    expect(troubleOf(new Error('Missing lock for job 1'))).toBeNull();
    expect(troubleOf(new Error('the READONLY flag'))).toBeNull();
  });
});

describe('troubleOfInfo', () => {
  const info = (role: string, maxmemory: number, policy: string) =>
    `# Memory\r\nmaxmemory:${maxmemory}\r\nmaxmemory_policy:${policy}\r\n` +
    `# Replication\r\nrole:${role}\r\n`;
  it('finds unfit settings', () => {
    expect(troubleOfInfo(info('slave', 0, 'noeviction'))!.message).toContain('primary');
    const evicting = troubleOfInfo(info('master', 1e9, 'allkeys-lru'))!;
    expect(evicting.message).toContain('set maxmemory-policy noeviction');
    expect(evicting.kind).toBe('lasting');
  });
  it('accepts a limit that drops nothing, and a policy without a limit', () => {
    expect(troubleOfInfo(info('master', 1e9, 'noeviction'))).toBeNull();
    expect(troubleOfInfo(info('master', 0, 'allkeys-lru'))).toBeNull();
    expect(troubleOfInfo('')).toBeNull();
  });
});
