package org.kappabeam.transforms.registry;

import com.google.auto.value.AutoValue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.event.EventEncoder;
import org.kappabeam.coders.event.EventSchema;
import org.kappabeam.coders.event.EventType;
import org.kappabeam.coders.event.MessageFormat;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;
import org.kappabeam.coders.schema.SchemaPins;
import org.kappabeam.coders.schema.SchemaSource;

/** A registry by its address; travels with a pipeline, without its secrets. */
@AutoValue
public abstract class SchemaRegistry implements SchemaSource.Opener {
  /** A registry may restart in this time without a bundle failing. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** At the start somebody waits: a mistyped address is told soon. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(5);

  /** One cache for all decoders of a process. */
  private static final Map<SchemaRegistry, SchemaSource> OPEN = new ConcurrentHashMap<>();

  abstract String url();

  /** With secrets as references. */
  abstract Map<String, String> settings();

  abstract Duration patience();

  /**
   * A registry that is not asked anything yet.
   *
   * @param url of its API: {@code https://host:8081}, {@code http://host/apis/ccompat/v7}
   * @param propertiesFile its client's settings, or null for none
   * @throws KappaException if the address or the file makes no sense
   */
  public static SchemaRegistry at(String url, @Nullable String propertiesFile) {
    return at(url, RegistrySettings.load(propertiesFile), PATIENCE);
  }

  static SchemaRegistry at(String url, Map<String, String> settings, Duration patience) {
    String remedy = "write http://host:port or https://host:port/path";
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new KappaException("the schema registry's URL is none", remedy, e);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
      throw new KappaException(
          "the schema registry's URL holds a user, a password or a query",
          "put credentials into --schemaRegistryProperties, by reference");
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw new KappaException("'" + url + "' is no address of a schema registry", remedy);
    }
    // A plain tree map: immutable ones of Java serialize, but in an order of their own.
    return new AutoValue_SchemaRegistry(
        url.replaceAll("/+$", ""), new TreeMap<>(settings), patience);
  }

  @Override
  public final SchemaSource open() {
    return OPEN.computeIfAbsent(
        this,
        registry ->
            new CachedSchemas(
                registry.client(registry.patience())::schema,
                System::nanoTime,
                LockSupport::parkNanos));
  }

  private RegistryClient client(Duration patience) {
    return new RegistryClient(url(), settings(), System.getenv(), patience);
  }

  /**
   * The versions that are registered now for the events of a log, with their ids.
   *
   * @param topic the log's name
   * @param subjects whose versions count; if there are none, what Confluent's strategies would name
   *     them: {@code TOPIC-value}, the record's full name, {@code TOPIC-} with the record's name
   * @throws KappaException if the registry does not answer
   */
  public final SchemaPins pin(String topic, List<String> subjects, List<EventType<?>> types) {
    Set<String> names = new LinkedHashSet<>(subjects);
    if (names.isEmpty()) {
      names.add(topic + "-value");
      for (EventType<?> type : types) {
        String record = type.schemas().newest().avro().getFullName();
        names.add(record);
        names.add(topic + "-" + record);
      }
    }
    RegistryClient client = client(PATIENCE_AT_START);
    List<SchemaPins.Pin> pins = new ArrayList<>();
    for (String subject : names) {
      List<Integer> versions = client.versions(subject);
      if (versions.isEmpty() && subjects.contains(subject)) {
        throw new KappaException(
            "the schema registry at " + url() + " has no subject " + subject,
            "correct --schemaSubjects");
      }
      for (int version : versions) {
        int id = client.id(subject, version);
        RegisteredSchema schema = client.schema(id);
        pins.add(new SchemaPins.Pin(subject, version, id, Objects.requireNonNull(schema)));
      }
    }
    return SchemaPins.of(pins);
  }

  /**
   * Registers what a writer needs, on first use, under {@code TOPIC-} with the record's full name:
   * all versions up to the one that is written, oldest first.
   *
   * @param topic the log's name
   */
  public final EventEncoder.Ids ids(String topic) {
    RegistryClient client = client(PATIENCE_AT_START);
    Map<String, Integer> ids = new ConcurrentHashMap<>();
    return (type, version, format) ->
        ids.computeIfAbsent(
            type.name() + version.version() + format,
            key -> register(client, topic, type, version, format));
  }

  private static int register(
      RegistryClient client,
      String topic,
      EventType<?> type,
      EventSchema version,
      MessageFormat format) {
    String subject = topic + "-" + version.avro().getFullName();
    int id = 0;
    for (int i = 1; i <= version.version(); i++) {
      EventSchema registered = type.schemas().version(i);
      if (format == MessageFormat.AVRO_CONFLUENT) {
        id = client.register(subject, Language.AVRO, registered.avro().toString());
      } else {
        String text = registered.protoText();
        if (text == null) {
          throw new KappaException(
              type.name() + " has no Protobuf schema", "write it in another --messageFormat");
        }
        id = client.register(subject, Language.PROTOBUF, text);
      }
    }
    return id;
  }

  /** The name a log has for its schemas: the last part of its URI. */
  public static String topic(String logUri) {
    String path = logUri.replaceAll("[?#].*", "").replaceAll("/+$", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
