import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Nothing is inlined: the window's content security policy allows files of its own only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    // `npm run dev` beside a running webhost: the page from here, the core from there.
    proxy: {
      '/commands': process.env.KVIT_WEBHOST ?? 'http://127.0.0.1:4850',
      '/events': process.env.KVIT_WEBHOST ?? 'http://127.0.0.1:4850',
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
});
