// articles_reader in TypeScript: which event is news, and what may be shown of an article.
// docs/events.md has the promises behind it, and says how to generate the types of the events.
// An item is as `DynamoDBDocument` of @aws-sdk/lib-dynamodb reads it.

import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

import type { DynamoDBDocument } from "@aws-sdk/lib-dynamodb";

import type { ArticleCreated } from "./ArticleCreated.js";
import type { ArticleUpdated } from "./ArticleUpdated.js";
import type { ArticleWithdrawn } from "./ArticleWithdrawn.js";

export type ArticleEvent = ArticleCreated | ArticleUpdated | ArticleWithdrawn;

export type Article = ArticleCreated["data"]["article"];

/** Which state of an article is known: remember it for each article, withdrawn ones too. */
export interface Version {
  order_key: string;
  time: string;
}

/** What a subscriber needs of an item of the articles table. */
export interface Item {
  article_id: string;
  order_key: string;
  status: string;
  hold_until?: string;
  ttl?: number;
  article: Article;
  body?: Uint8Array;
}

export function versionOf(event: ArticleEvent): Version {
  return { order_key: event.data.order_key, time: event.time };
}

/** Say whether an event tells of a later state than the version that is held, if any is. */
export function isNews(event: ArticleEvent, held?: Version): boolean {
  if (!held) return true;
  const byKey = compare(event.data.order_key, held.order_key);
  return byKey > 0 || (byKey === 0 && event.time > held.time);
}

/** Read the article that an event tells of; undefined if nothing of it may be shown now. */
export async function read(dynamodb: DynamoDBDocument, event: ArticleEvent): Promise<Item | undefined> {
  if (event.type === "ArticleWithdrawn") return undefined;
  const { table, article_id } = event.data.stored;
  for (let attempt = 0; attempt < 4; attempt++) {
    if (attempt) await sleep(100 * 2 ** attempt);
    const item = await lookUp(dynamodb, table, article_id);
    if (!item || compare(item.order_key, event.data.order_key) >= 0) return readable(item) ? item : undefined;
  }
  throw new Error(`${table} holds ${article_id} as it was before ${event.id}: take the event again later`);
}

/** Read an item, whether it is readable or not; undefined if there is none. */
export async function lookUp(dynamodb: DynamoDBDocument, table: string, id: string): Promise<Item | undefined> {
  const answer = await dynamodb.get({ TableName: table, Key: { article_id: id }, ConsistentRead: true });
  return answer.Item as Item | undefined;
}

/** Say whether an article may be shown: usable, under no embargo, and not past its retention. */
export function readable(item: Item | undefined): item is Item {
  if (item?.status !== "usable" || item.hold_until) return false;
  return item.ttl === undefined || item.ttl * 1000 > Date.now();
}

/** Give an article's body: `text`, and `html` if it came as HTML, which is sanitized. */
export function body(item: Item): { text?: string; html?: string } {
  return item.body && readable(item) ? JSON.parse(gunzipSync(item.body).toString()) : {};
}

/** Compare as bytes of UTF-8: `<` would compare UTF-16. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
