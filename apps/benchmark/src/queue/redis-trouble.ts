/** Trouble with a Redis, safe to display. */
export interface RedisTrouble {
  /** The trouble and its remedy. */
  message: string;
  /**
   * - `away`: no server answers. It may come back.
   * - `passing`: the trouble can end without action, such as full memory.
   * - `lasting`: the trouble ends only when a setting changes.
   */
  kind: 'away' | 'passing' | 'lasting';
}

const GUIDE = 'docs/guide/many-machines.md';

/** Error answers of a Redis, and what they mean. */
const ANSWERS: [RegExp, RedisTrouble['kind'], (answer: string) => string][] = [
  [
    /^(WRONGPASS|NOAUTH|ERR (AUTH|invalid password))/,
    'lasting',
    () =>
      'it refuses the user or the password; ' +
      'set DS_QUEUE to redis://user:password@host with a valid user',
  ],
  [
    /^NOPERM/,
    'lasting',
    (answer) =>
      `its access rules forbid the user ${forbidden(answer)}; give the user the rules of ${GUIDE}`,
  ],
  [
    /^ERR (DB index|value is not an integer|invalid DB index|SELECT is not allowed)/,
    'lasting',
    () =>
      'it has no database of that number; leave out the number, ' +
      'or raise `databases` in its configuration',
  ],
  [/^READONLY/, 'passing', () => 'it is a read-only replica; give the address of its primary'],
  [
    /^OOM/,
    'passing',
    () =>
      'its memory is full (maxmemory); raise maxmemory, ' +
      'or remove finished work with `ds-benchmark queue clean`',
  ],
  [
    /^MISCONF/,
    'passing',
    () => 'it cannot write to its disk and refuses writes; see its log, and free disk space',
  ],
  [/^LOADING/, 'passing', () => 'it is loading its data after a start; wait for it'],
  [
    /^(NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)/,
    'passing',
    () => 'it waits for its replicas or its primary; see its log',
  ],
  [/^BUSY/, 'passing', () => 'a script blocks it; SCRIPT KILL ends the script'],
  [
    /^WRONGTYPE/,
    'lasting',
    () =>
      'another program has written to the keys of ds-benchmark; ' +
      'give the queue its own database, or run `ds-benchmark queue clean --all`',
  ],
];

function forbidden(answer: string): string {
  const command = /'([^']+)' command/.exec(answer)?.[1];
  return command ? `the command ${command.toUpperCase()}` : 'some of the keys or channels';
}

/** The meaning of a Redis error, or `null` if it is unknown. */
export function troubleOf(error: Error): RedisTrouble | null {
  // A failed script reports the error of the command inside it.
  const answer = error.message.replace(/^ERR Error running script.*?: (?=-?[A-Z]+ )/, '');
  for (const [pattern, kind, meaning] of ANSWERS) {
    if (pattern.test(answer)) return { kind, message: meaning(answer) };
  }
  return isConnectionError(error) ? { kind: 'away', message: unanswered(error) } : null;
}

function unanswered(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return /certificate|SSL|TLS/i.test(`${code} ${error.message}`)
    ? `its certificate is not trusted (${error.message}); name its authority in NODE_EXTRA_CA_CERTS`
    : `no server answers (${error.message || code}); see that it runs and can be reached`;
}

/** Codes of errors of Node's sockets. */
const SOCKET_CODES =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_|ERR_TLS|ERR_SSL)/;
const CERTIFICATE_CODES = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_)/;
/** Messages of ioredis about commands that wait or are in flight. */
const LOST =
  /onnection is closed|due to connection close|Command timed out|connect ETIMEDOUT|isn't writeable/;

/** Whether an error means that the server is unreachable. */
export function isConnectionError(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return SOCKET_CODES.test(code) || CERTIFICATE_CODES.test(code) || LOST.test(error.message);
}

/** Settings in INFO that make a Redis unfit for a queue, or `null`. */
export function troubleOfInfo(info: string): RedisTrouble | null {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  if (field('role') === 'slave') return troubleOf(new Error('READONLY'));
  const policy = field('maxmemory_policy');
  if (policy && policy !== 'noeviction' && Number(field('maxmemory')) > 0) {
    return {
      kind: 'lasting',
      message:
        `it drops jobs when its memory is full (maxmemory-policy ${policy}); ` +
        'set maxmemory-policy noeviction',
    };
  }
  return null;
}
