// What a subscriber writes in TypeScript, with the types that are generated from the schemas.

import type { ArticleCreated } from "./ArticleCreated";
import type { ArticleUpdated } from "./ArticleUpdated";
import type { ArticleWithdrawn } from "./ArticleWithdrawn";
import type { UploadProcessed } from "./UploadProcessed";

export type Event = ArticleCreated | ArticleUpdated | ArticleWithdrawn | UploadProcessed;

export function headline(event: Event): string {
  switch (event.type) {
    case "ArticleCreated":
    case "ArticleUpdated":
      return event.data.article.title ?? "(untitled)";
    case "ArticleWithdrawn":
      return `withdrawn: ${event.data.reason}`;
    case "UploadProcessed":
      return `${event.data.outcome}: ${event.data.problems.map((it) => it.message).join(" ")}`;
    default:
      return unknown(event);
  }
}

function unknown(event: never): never {
  throw new Error(`no such event: ${JSON.stringify(event)}`);
}

// What must not compile:

export function mistakes(created: ArticleCreated, withdrawn: ArticleWithdrawn): string[] {
  const { reason, ...rest } = withdrawn.data;
  // @ts-expect-error: what is withdrawn has no metadata
  const title: string = withdrawn.data.article.title;
  // @ts-expect-error: the body is in the table, and not in the event
  const body: string = created.data.article.body_text;
  // @ts-expect-error: there is no null, only what is absent
  created.data.article.title = null;
  // @ts-expect-error: a withdrawal has a reason
  const data: ArticleWithdrawn["data"] = { id: rest.id, feed: rest.feed, order_key: rest.order_key, upload: rest.upload };
  return [reason, title, body, data.reason];
}
