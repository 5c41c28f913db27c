package org.kappabeam.transforms.kafka;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kappabeam.coders.KappaException;

/** {@code kafka://host:port[,host:port…]/topic}. */
@AutoValue
abstract class KafkaUri implements Serializable {
  static final String SCHEME = "kafka";

  private static final int MAX_TOPIC_LENGTH = 249;
  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM = Pattern.compile("(?i:kafka)://([^/]*)/([^/]*)");
  private static final Pattern SERVER =
      Pattern.compile("(?:[\\w.-]+|\\[[0-9a-fA-F:.%]+]):(\\d{1,5})");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]+");

  /** The brokers to ask first, as the Kafka client wants them. */
  abstract String servers();

  abstract String topic();

  static KafkaUri parse(String uri) {
    if (uri.contains("@")) {
      // Not repeated: what stands before the @ is a secret.
      throw new KappaException(
          "a Kafka log's URI must not hold user or password",
          "give them as client properties, such as sasl.jaas.config=${env:NAME}");
    }
    Matcher form = FORM.matcher(uri);
    if (!form.matches()) {
      throw malformed(uri, "it");
    }
    for (String server : form.group(1).split(",", -1)) {
      Matcher matcher = SERVER.matcher(server);
      if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > MAX_PORT) {
        throw malformed(uri, "'" + server + "'");
      }
    }
    String topic = form.group(2);
    if (!TOPIC.matcher(topic).matches()
        || topic.length() > MAX_TOPIC_LENGTH
        || topic.equals(".")
        || topic.equals("..")) {
      throw malformed(uri, "topic '" + topic + "'");
    }
    return new AutoValue_KafkaUri(form.group(1).toLowerCase(Locale.ROOT), topic);
  }

  private static KappaException malformed(String uri, String what) {
    return new KappaException(
        what + " is wrong in the log's URI " + uri,
        "write kafka://host:9092/topic, several hosts separated by commas");
  }

  @Override
  public final String toString() {
    return SCHEME + "://" + servers() + "/" + topic();
  }
}
