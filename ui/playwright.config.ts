/** The journeys, in the machine's own Chromium: nothing is downloaded for them. */
import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// Chromium, where the tests run (Debian); elsewhere an installed Chrome.
const CHROMIUM = process.env.KVIT_CHROMIUM ?? '/usr/bin/chromium';
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
// As root, as in a container, Chromium refuses to start inside its own sandbox.
const ROOT = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  reporter: 'list',
  // One core, one browser: journeys share the machine with the core that they drive.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  use: {
    ...(existsSync(CHROMIUM) ? {} : { channel: 'chrome' }),
    launchOptions: {
      ...(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {}),
      args: [...QUIET, ...ROOT],
    },
  },
});
