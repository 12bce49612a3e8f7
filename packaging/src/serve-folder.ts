import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves a folder at a free port. */
export async function serveFolder(folder: string): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const name = new URL(url!, 'http://here').pathname.replace(/\/$/, '/index.html');
    try {
      const body = readFileSync(path.join(folder, name));
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)] ?? 'text/plain' });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}

/** The address of a server's first page. */
export function addressOf(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}
