package org.kappabeam.transforms.view;

/**
 * What {@link ViewContract} asks of a store, one guarantee per line. That lower evidence never wins
 * and that withdrawn rows are absent is not in the list: no store may do without.
 */
public enum ViewGuarantee {
  /** Every value of every type comes back exactly, and the digest is that of every other store. */
  VALUES,
  /** Any text is a key, and rows come in the order of the keys' UTF-8 bytes. */
  KEY_ORDER,
  /** Of rows with equal evidence the one with the highest fingerprint stays, never a mix of two. */
  TIES,
  /** Evidence up to 2^50 is compared and given back exactly. */
  LARGE_EVIDENCE,
  /** Writers that work on the same rows at the same time end with the winners. */
  CONCURRENT_WRITERS,
  /** Any number of writers may create a view at once. */
  CONCURRENT_CREATION,
  /** A table gets the columns it lacks; writers of the old shape work on. */
  WIDENING,
  /** Generations are tables of their own; readers see one or the other when the pointer moves. */
  POINTER,
  /** Texts beside the views change by compare-and-set. */
  CONTROL,
  /** A scan of one range sees an upsert whole or not at all. */
  SNAPSHOTS,
  /** Ranges cover all keys once, and cut them into parts of about the same size. */
  RANGES,
  /** A writer that is killed in the middle leaves nothing that running it again does not mend. */
  KILLED_WRITER,
  /** A server that is away for half a minute in the middle of a run loses nothing. */
  OUTAGE
}
