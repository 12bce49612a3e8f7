import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

export default defineConfig({
  // Works under any path.
  base: './',
  define: {
    // The page links to its repository where the build knows it, as the documentation does.
    'import.meta.env.VITE_REPOSITORY': JSON.stringify(process.env.DOCS_REPOSITORY),
  },
  worker: { format: 'es' },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1200 },
  plugins: [
    // The page works offline once it was loaded.
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: false,
      manifest: false,
      workbox: {
        globPatterns: ['**/*.{html,js,css,wasm,webp,png,wav,json,bin,svg}'],
        maximumFileSizeToCacheInBytes: 4_000_000,
        inlineWorkboxRuntime: true,
        // Trained networks are large, so each one is kept when it is first used.
        runtimeCaching: [{ urlPattern: /\.safetensors$/, handler: 'CacheFirst' }],
      },
    }),
  ],
});
