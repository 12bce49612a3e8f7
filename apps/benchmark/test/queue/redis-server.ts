import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** CI installs a server (except on Windows). Elsewhere, tests are skipped if none is installed. */
export const isServerHere =
  (process.env.CI === 'true' && process.platform !== 'win32') ||
  (() => {
    try {
      execFileSync('redis-server', ['--version']);
      return true;
    } catch {
      return false;
    }
  })();

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis server for tests. */
export interface RedisServer {
  port: number;
  /** The address without a user or password. */
  url: string;
  child: ChildProcess;
  stop: () => Promise<void>;
}

/** Starts a Redis without persistence, and waits until it accepts connections. */
export async function startRedis(options: string[] = [], port?: number): Promise<RedisServer> {
  const own = port ?? (await freePort());
  const child = spawn('redis-server', [
    ...['--port', String(own), '--bind', '127.0.0.1', '--save', ''],
    ...options,
  ]);
  await new Promise<void>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('Ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`redis-server ended: ${text}`)));
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { port: own, url: `redis://127.0.0.1:${own}`, child, stop };
}
