package org.kappabeam.coders.schema;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.List;

/** What an id of a schema registry stands for; it never changes. */
@AutoValue
public abstract class RegisteredSchema implements Serializable {

  /** The language a schema is written in. */
  public enum Language {
    AVRO,
    PROTOBUF,
    JSON
  }

  public abstract Language language();

  /** The schema as the registry holds it. */
  public abstract String text();

  /** The schemas its text refers to by name, each behind those it refers to itself. */
  public abstract List<String> references();

  public static RegisteredSchema of(Language language, String text, List<String> references) {
    return new AutoValue_RegisteredSchema(language, text, List.copyOf(references));
  }
}
