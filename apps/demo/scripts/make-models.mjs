// Trains the networks of public/models on the digits of public/digits: one network with several
// poolings, for the panel on shifts. Vite runs make-models.ts, since it reads TypeScript.
import { createServer } from 'vite';

const server = await createServer({
  configFile: false,
  server: { middlewareMode: true, watch: null, ws: false },
  appType: 'custom',
  logLevel: 'warn',
});
try {
  const { makeModels } = await server.ssrLoadModule('/scripts/make-models.ts');
  await makeModels();
} finally {
  await server.close();
}
