package org.kappabeam.coders.event;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.SchemaSource;

/** What has to be known about the messages of a log before their first byte is read. */
@AutoValue
public abstract class LogFormat implements Serializable {

  /** The only format in the log; null if each message shows its own. */
  public abstract @Nullable MessageFormat format();

  /** The Avro schema the messages of AVRO_PLAIN were written with; null for our newest one. */
  public abstract @Nullable String plainSchema();

  /** Where the ids of Confluent's wire format are looked up; null if there are none. */
  public abstract SchemaSource.@Nullable Opener registry();

  /** Each message shows its own format; ids of a registry do not occur. */
  public static LogFormat recognised() {
    return new AutoValue_LogFormat(null, null, null);
  }

  /**
   * What options say.
   *
   * @throws KappaException if they contradict each other
   */
  public static LogFormat of(
      @Nullable MessageFormat format,
      @Nullable String plainSchema,
      SchemaSource.@Nullable Opener registry) {
    if (format != null && format.needsRegistry() && registry == null) {
      throw new KappaException(
          "messages in " + format + " name their schemas by ids of a registry",
          "say where it is with --schemaRegistryUrl");
    }
    if (plainSchema != null && format != MessageFormat.AVRO_PLAIN) {
      throw new KappaException(
          "a schema is given for messages that are not said to be plain Avro",
          "add --messageFormat=AVRO_PLAIN or leave the schema out");
    }
    return new AutoValue_LogFormat(format, plainSchema, registry);
  }
}
