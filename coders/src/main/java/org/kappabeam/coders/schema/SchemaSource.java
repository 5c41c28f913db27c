package org.kappabeam.coders.schema;

import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Where the schema of a message is found that names it by a number. Safe for many threads. */
public interface SchemaSource {

  /**
   * The schema with this id, or null if the source answers that there is none.
   *
   * @throws org.kappabeam.coders.KappaException if the source does not answer: that says nothing
   *     about the message, which must not be refused for it
   */
  @Nullable RegisteredSchema find(int id);

  /** Opens the source where the messages are decoded. */
  interface Opener extends Serializable {
    SchemaSource open();
  }
}
