// Compiles the styles into services/gateway/static/dist, each file named after its content, with a
// manifest from plain to hashed names: {"tartan.css": "tartan-1a2b3c4d.css", …}. Run by `make styles`.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const target = join(root, "services", "gateway", "static", "dist");
const fresh = `${target}.new`;

const css = compile(join(here, "tartan.scss"), {
  style: "compressed",
  loadPaths: [join(root, "node_modules")],
  quietDeps: true,
  charset: false,
}).css;

// The marks of GOV.UK are not for other sites, and a page must fetch nothing from elsewhere.
const forbidden = /GDS Transport|crest|crown|@font-face|url\((?!["']?data:)/i.exec(css);
if (forbidden) {
  console.error(`styles: the compiled CSS holds "${forbidden[0]}", which this product must not serve`);
  process.exit(1);
}

const files = {
  "tartan.css": Buffer.from(css),
  "live.js": readFileSync(join(here, "live.js")),
  "drop.js": readFileSync(join(here, "drop.js")),
  "favicon.svg": readFileSync(join(here, "favicon.svg")),
};

rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
const manifest = {};
for (const [name, bytes] of Object.entries(files)) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  manifest[name] = name.replace(/(\.[a-z]+)$/, `-${hash}$1`);
  writeFileSync(join(fresh, manifest[name]), bytes);
}
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

rmSync(target, { recursive: true, force: true });
mkdirSync(dirname(target), { recursive: true });
renameSync(fresh, target);
console.log(`styles: ${Object.values(manifest).join(" ")}`);
