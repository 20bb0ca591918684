/**
 * What a decision does to documents.
 *
 * @module
 */
import { ulid } from "ulid";
import type { DocumentChange, VersionedDocument } from "../core/ledger.ts";
import { type DocumentEffect, KEPT } from "./journal.ts";
import type { DocumentWrite, Head } from "./store.ts";

/** A change that holds on what its effect was read from. */
export function based(
  { collection, id, document }: DocumentChange,
  effects: readonly { collection: string; id: string; version: string | null }[],
): DocumentWrite {
  const effect = effects.find((one) => one.collection === collection && one.id === id);
  return {
    collection,
    id,
    base: effect?.version ?? null,
    ...(document === undefined ? {} : { document }),
  };
}

/** When the collections of documents were last decided on, with those that are decided on now. */
export function decidedAt(
  { decided = {}, revision }: Head,
  documents: readonly { readonly collection: string; readonly before?: unknown }[],
): Pick<Head, "decided"> {
  if (documents.length === 0) return {};
  const now = documents.flatMap(({ collection, before }) =>
    (before === null ? [collection] : [collection, droppedFrom(collection)])
      .map((name) => [name, revision + 1])
  );
  return { decided: { ...decided, ...Object.fromEntries(now) } };
}

/** Names when a document of a collection was last dropped or replaced. */
export function droppedFrom(collection: string): string {
  return `${collection} dropped`;
}

/** A document as it is written again. */
export function withoutVersion(
  { id: _id, version: _version, ...document }: VersionedDocument,
): Omit<VersionedDocument, "id" | "version"> {
  return document;
}

/**
 * What decided documents were, where they would have gone by themselves: an event outlives that, so
 * it keeps but a reference, and they go when they would have gone.
 *
 * @returns the effects with such references, and the documents that those name
 */
export function keptApart<E extends DocumentEffect>(
  effects: readonly E[],
): { readonly documents: readonly E[]; readonly kept: readonly DocumentWrite[] } {
  const kept: DocumentWrite[] = [];
  const documents = effects.map((effect): E => {
    const { before } = effect;
    if (before === null || !("expiresAt" in before)) return effect;
    const id = ulid();
    kept.push({ collection: KEPT, id, document: before });
    return { ...effect, before: { kept: id, about: before.about } };
  });
  return { documents, kept };
}
