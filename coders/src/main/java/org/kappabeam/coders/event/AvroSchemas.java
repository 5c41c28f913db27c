package org.kappabeam.coders.event;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;

/** Loads the versioned schema files that ship with the event types. */
public final class AvroSchemas {
  private AvroSchemas() {}

  /**
   * Loads a schema.
   *
   * @param owner a class of the jar that holds the file
   * @param resource the absolute name of the file: {@code /schemas/fraud/transaction.v1.avsc}
   */
  public static Schema load(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no schema file " + resource + " beside " + owner);
      }
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException("schema file " + resource, e);
    }
  }
}
