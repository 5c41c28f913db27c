package org.kappabeam.transforms.pubsub;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * {@code pubsub://project/subscription[?endpoint=host:port|?emulator=host:port]}. The endpoint is
 * another than the global one, such as a region's; an emulator is spoken to without TLS and without
 * credentials.
 */
@AutoValue
abstract class PubsubUri implements Serializable {
  static final String SCHEME = "pubsub";

  private static final Pattern FORM =
      Pattern.compile(
          "(?i:pubsub)://([^/?#]*)/([^/?#]*)(?:\\?(endpoint|emulator)=([\\w.:\\[\\]-]+))?");

  /** As Google names projects; an organisation's domain may stand before. */
  private static final Pattern PROJECT =
      Pattern.compile("(?:[a-z0-9.-]{1,100}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]");

  private static final Pattern NAME = Pattern.compile("(?!goog)[A-Za-z][\\w.~+%-]{2,254}");
  private static final Pattern SERVER = Pattern.compile("(?:[\\w.-]+|\\[[0-9a-fA-F:.]+]):\\d{1,5}");

  abstract String project();

  /** The subscription; for a writer, also the topic (see {@link PubsubLogWriter}). */
  abstract String name();

  /** Host and port of another endpoint than the global one. */
  abstract @Nullable String endpoint();

  /** Host and port of an emulator. */
  abstract @Nullable String emulator();

  static PubsubUri parse(String uri) {
    if (uri.contains("@")) {
      // Not repeated: what stands before the @ may be a secret.
      throw new KappaException(
          "a Pub/Sub log's URI must not hold user or password",
          "name a key file with the client property credentialsFile");
    }
    Matcher form = FORM.matcher(uri);
    if (!form.matches()) {
      throw malformed(uri, "it");
    }
    String project = form.group(1).toLowerCase(Locale.ROOT);
    if (!PROJECT.matcher(project).matches()) {
      throw malformed(uri, "project '" + project + "'");
    }
    String name = form.group(2);
    if (!NAME.matcher(name).matches()) {
      throw malformed(uri, "subscription '" + name + "'");
    }
    String server = form.group(4);
    if (server != null && !SERVER.matcher(server).matches()) {
      throw malformed(uri, "'" + server + "'");
    }
    boolean emulated = "emulator".equals(form.group(3));
    return new AutoValue_PubsubUri(
        project, name, emulated ? null : server, emulated ? server : null);
  }

  /** The same project and server, another subscription. */
  PubsubUri withName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new KappaException(
          "'" + name + "' is no name of a subscription or snapshot",
          "begin with a letter, then 2 to 254 letters, digits or any of -._~+%");
    }
    return new AutoValue_PubsubUri(project(), name, endpoint(), emulator());
  }

  private static KappaException malformed(String uri, String what) {
    return new KappaException(
        what + " is wrong in the log's URI " + uri, "write pubsub://project/subscription");
  }

  final String subscription() {
    return "projects/" + project() + "/subscriptions/" + name();
  }

  final String topic() {
    return "projects/" + project() + "/topics/" + name();
  }

  @Override
  public final String toString() {
    return SCHEME
        + "://"
        + project()
        + "/"
        + name()
        + (endpoint() == null ? "" : "?endpoint=" + endpoint())
        + (emulator() == null ? "" : "?emulator=" + emulator());
  }
}
