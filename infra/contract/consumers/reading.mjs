// Reads the articles that events tell of, with the reader that the first argument names; the events
// are a list on standard input. Prints, for each, what may be shown: its title and body, or nothing.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";

const { body, isNews, read, versionOf } = await import(pathToFileURL(process.argv[1]));
const dynamodb = DynamoDBDocument.from(new DynamoDBClient());
const told = [];
for (const event of JSON.parse(readFileSync(0, "utf8"))) {
  const item = await read(dynamodb, event).catch((error) => ({ error: error.message }));
  const shown = item && !item.error && { title: item.article.title, body: body(item) };
  told.push({ shown: shown || null, error: item?.error ?? null, again: isNews(event, versionOf(event)) });
}
console.log(JSON.stringify(told));
