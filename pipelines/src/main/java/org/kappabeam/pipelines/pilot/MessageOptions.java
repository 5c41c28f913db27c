package org.kappabeam.pipelines.pilot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.coders.schema.SchemaSource;
import org.kappabeam.transforms.registry.SchemaRegistry;

/** What the options say about the messages of the log. */
public final class MessageOptions {
  private MessageOptions() {}

  /**
   * Checks the options without asking a registry.
   *
   * @throws KappaException if they contradict each other or name what cannot be read
   */
  public static void check(KappaOptions options) {
    LogFormat unused = format(options, registry(options));
  }

  /**
   * The log's format. A slice that asks a registry first pins the schemas that are registered now,
   * and notes them in the options: who runs it again with these reads the same.
   */
  static LogFormat logFormat(KappaOptions options, List<EventType<?>> types) {
    SchemaSource.Opener source = registry(options);
    if (source instanceof SchemaRegistry registry
        && options.getReadMode() == KappaOptions.ReadMode.SLICE) {
      SchemaPins pins =
          registry.pin(
              SchemaRegistry.topic(options.getLog()), subjects(options.getSchemaSubjects()), types);
      options.setSchemaPins(pins.toJson());
      source = pins.orElse(registry);
    }
    return format(options, source);
  }

  private static LogFormat format(KappaOptions options, SchemaSource.@Nullable Opener source) {
    String schema = options.getMessageSchema();
    return LogFormat.of(
        options.getMessageFormat(), schema == null ? null : read("messageSchema", schema), source);
  }

  private static SchemaSource.@Nullable Opener registry(KappaOptions options) {
    String pins = options.getSchemaPins();
    if (pins != null) {
      return SchemaPins.parse(pins.startsWith("{") ? pins : read("schemaPins", pins));
    }
    String url = options.getSchemaRegistryUrl();
    return url == null ? null : SchemaRegistry.at(url, options.getSchemaRegistryProperties());
  }

  private static List<String> subjects(@Nullable String names) {
    return names == null
        ? List.of()
        : Arrays.stream(names.split(",", -1)).map(String::strip).toList();
  }

  private static String read(String option, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new KappaException(
          "cannot read --" + option + "=" + file, "name a text file that this user may read", e);
    }
  }
}
