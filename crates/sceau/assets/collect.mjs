// Copies what the console needs of its libraries into assets/vendor, from where it is built into the binary.
// Run it with `npm ci && npm run assets` at the root of the repository.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "../../../node_modules");
const vendor = join(here, "vendor");
const wanted = ["@tabler/core/dist/css/tabler.min.css", "htmx.org/dist/htmx.min.js"];

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
for (const path of wanted) {
  const from = join(modules, path);
  if (!existsSync(from)) {
    console.error(`${from} is missing: run \`npm ci\` at the root of the repository first`);
    process.exit(1);
  }
  const to = join(vendor, path.split("/").at(-1));
  copyFileSync(from, to);
  // Compressed once here, so that the server never compresses while it answers.
  writeFileSync(`${to}.gz`, gzipSync(readFileSync(from), { level: 9 }));
}
