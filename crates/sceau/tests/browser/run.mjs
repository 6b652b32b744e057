// Plays the help page in Chromium, in French and in English, each from an empty database to a verified certificate.
//
//   SCEAU_BIN            the binary (target/debug/sceau)
//   SCEAU_SCREENSHOTS=1  writes the pictures of the three steps into docs/images
//   CHROMIUM             the browser (/usr/bin/chromium)
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { makeAuthority } from "./built_in.mjs";
import { LABELS } from "./labels.mjs";
import { World } from "./processes.mjs";
import { follow } from "./story.mjs";
import { walk } from "./walk.mjs";

const PICTURES = join(import.meta.dirname, "../../../../docs/images");

async function play(browser, code) {
  const labels = LABELS[code];
  const folder = mkdtempSync(join(tmpdir(), `sceau-browser-${code}-`));
  const world = await World.start(folder);
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: labels.locale,
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  // A violation of the content security policy is an error of the console as well. A refused form answers 422.
  page.on("console", (message) => {
    const isRefusedForm = /status of 422/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !isRefusedForm) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const picture = async (name) => {
    if (process.env.SCEAU_SCREENSHOTS !== "1") return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${name}-${code}.png`), fullPage: true });
  };
  try {
    await follow(page, world, labels, picture);
    await makeAuthority(page, world, labels, picture);
    await walk(page, world, code);
    if (complaints.length > 0) throw new Error(`the browser complains:\n${complaints.join("\n")}`);
  } catch (error) {
    await page.screenshot({ path: join(tmpdir(), `sceau-browser-${code}.png`), fullPage: true }).catch(() => {});
    console.error(`${code}: at ${page.url()} (picture in ${tmpdir()}/sceau-browser-${code}.png)`);
    for (const name of ["server", "ndes", "devices"]) console.error(`--- ${name}\n${world.log(name)}`);
    throw error;
  } finally {
    await context.close();
    await world.stop();
  }
  rmSync(folder, { recursive: true, force: true });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  for (const code of ["fr", "en"]) {
    const start = Date.now();
    await play(browser, code);
    console.log(`${code}: from an empty database to a verified certificate in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
} finally {
  await browser.close();
}
