// Reads an AsyncAPI document from standard input; prints what the official parser has against it.

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
console.log(
  JSON.stringify({
    messages: document?.messages().all().map((it) => it.id()) ?? [],
    diagnostics: diagnostics.map((it) => `${it.path.join(".")}: ${it.message}`),
  }),
);
