package org.kappabeam.transforms.pubsub;

import com.google.auto.value.AutoValue;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeSet;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** The client properties of a Pub/Sub log. */
@AutoValue
abstract class PubsubSettings implements Serializable {
  private static final String CREDENTIALS_FILE = "credentialsFile";
  private static final String END_AFTER_IDLE_SECONDS = "endAfterIdleSeconds";

  /** More than the ten seconds after which a message that somebody held comes again. */
  private static final int DEFAULT_IDLE_SECONDS = 15;

  private static final int MAX_IDLE_SECONDS = 86_400;

  /** Path of a key file; without one, Google's application default credentials. */
  abstract @Nullable String credentialsFile();

  /** For how long a read with an end must have got nothing before it ends, in seconds. */
  abstract int endAfterIdleSeconds();

  /**
   * @throws KappaException if there is an unknown property or a value is wrong
   */
  static PubsubSettings of(Map<String, String> properties) {
    TreeSet<String> unknown = new TreeSet<>(properties.keySet());
    unknown.remove(CREDENTIALS_FILE);
    unknown.remove(END_AFTER_IDLE_SECONDS);
    if (!unknown.isEmpty()) {
      throw new KappaException(
          "Pub/Sub has no client property " + unknown.first(),
          "use " + CREDENTIALS_FILE + " or " + END_AFTER_IDLE_SECONDS);
    }
    return new AutoValue_PubsubSettings(
        properties.get(CREDENTIALS_FILE), idle(properties.get(END_AFTER_IDLE_SECONDS)));
  }

  private static int idle(@Nullable String text) {
    if (text == null) {
      return DEFAULT_IDLE_SECONDS;
    }
    if (text.matches("\\d{1,5}")) {
      int seconds = Integer.parseInt(text);
      if (seconds >= 1 && seconds <= MAX_IDLE_SECONDS) {
        return seconds;
      }
    }
    throw new KappaException(
        END_AFTER_IDLE_SECONDS + " is " + text, "give seconds from 1 to " + MAX_IDLE_SECONDS);
  }
}
