// Validates events from standard input, a list, by the schema that each names; the schemas are in
// the files of the arguments. Prints, for each event, what is wrong with it.

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";

const ajv = new Ajv.default({ strict: true });
formats.default(ajv);
for (const file of process.argv.slice(1)) {
  ajv.addSchema(JSON.parse(readFileSync(file, "utf8")));
}
const wrong = JSON.parse(readFileSync(0, "utf8")).map((event) => {
  const validate = ajv.getSchema(event.dataschema);
  return validate(event) ? [] : validate.errors.map((it) => it.instancePath);
});
console.log(JSON.stringify(wrong));
