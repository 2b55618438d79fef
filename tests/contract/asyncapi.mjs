// Reads an AsyncAPI document with the reference parser and prints what is wrong with it.
// Exit 0 when there is neither an error nor a warning, 1 otherwise.

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });

// 0 is an error, 1 a warning; hints such as a missing tag are matters of taste.
const found = diagnostics.filter(({ severity }) => severity <= 1);
for (const { code, message, path } of found) console.error(`${file}: ${path.join(".")}: ${message} (${code})`);
if (!document || found.length > 0) process.exit(1);
console.log(`${file}: AsyncAPI ${document.version()}, ${document.channels().length} channels, ${document.messages().length} messages, valid`);
