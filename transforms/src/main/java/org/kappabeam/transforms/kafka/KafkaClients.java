package org.kappabeam.transforms.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/**
 * Kafka clients as this package needs them, and their failures as lines a person can act on.
 *
 * <p>Settings of the user win over our tuning, and what correctness rests on wins over the user. A
 * value may be a reference, {@code ${env:NAME}}, {@code ${file:/path}} or {@code
 * ${file:/path:key}}: the client resolves it where it runs, so that no secret travels with the
 * pipeline.
 */
final class KafkaClients {
  /** How long a question to the brokers may take before it is a failure. */
  static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /** The largest message and request, for payloads beyond Kafka's default of 1 MB. */
  static final int MAX_REQUEST_BYTES = 16 << 20;

  /** How many records one poll returns at most. */
  static final int MAX_POLL_RECORDS = 10_000;

  private static final String STORE_FAILURE = "Failed to load SSL keystore";

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private KafkaClients() {}

  /** The group that shows lag unless another one is named. */
  static String group(KafkaUri uri) {
    return "kappa-" + uri.topic();
  }

  static Admin admin(KafkaUri uri, Map<String, String> properties) {
    Map<String, Object> config = base(uri);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis());
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) ANSWER_TIMEOUT.toMillis() / 2);
    config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    config.putAll(properties);
    // The broker's servers come from the URI alone, or two places could disagree.
    config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, uri.servers());
    try {
      return Admin.create(config);
    } catch (KafkaException e) {
      throw failure(uri, e);
    }
  }

  /** A consumer of committed bytes that starts nowhere by itself: assign and seek. */
  static Consumer<byte[], byte[]> consumer(
      KafkaUri uri, Map<String, String> properties, boolean withGroup) {
    Map<String, Object> config = base(uri);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 << 20);
    config.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    // A broker answers one fetch at a time: a caught-up partition must not hold up the others long.
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 25);
    config.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, 1 << 20);
    config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group(uri));
    config.putAll(properties);
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, uri.servers());
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString());
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // The classic consumer is the one whose position() and currentLag() are plain look-ups.
    config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    if (!withGroup) {
      config.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }
    try {
      return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw failure(uri, e);
    }
  }

  static Producer<byte[], byte[]> producer(KafkaUri uri, Map<String, String> properties) {
    try {
      return new KafkaProducer<>(
          producerConfig(uri, properties), new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw failure(uri, e);
    }
  }

  static Map<String, Object> producerConfig(KafkaUri uri, Map<String, String> properties) {
    Map<String, Object> config = base(uri);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * MAX_REQUEST_BYTES);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    // As patient when memory is full as with what is in it: a broker restart is waited for.
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
    config.putAll(properties);
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, uri.servers());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // A broker may refuse the first batch for a topic that was made a moment ago, and take the one
    // behind it: it knows nothing yet of the producer's sequence, and then refuses the first for
    // ever as out of order.
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    return config;
  }

  private static Map<String, Object> base(KafkaUri uri) {
    Map<String, Object> config = new HashMap<>();
    config.put("client.id", "kappa-" + uri.topic());
    config.put("config.providers", "env,file");
    config.put("config.providers.env.class", EnvVarConfigProvider.class.getName());
    config.put("config.providers.file.class", SecretFileProvider.class.getName());
    // Several clients of one process share the id; their JMX beans would only collide.
    config.put("auto.include.jmx.reporter", false);
    config.put("metric.reporters", "");
    return config;
  }

  /** Closes without waiting long for a broker that is not there. */
  static void close(Admin admin) {
    admin.close(CLOSE_TIMEOUT);
  }

  /** Closes without waiting long for a broker that is not there. */
  static void close(Consumer<?, ?> consumer) {
    consumer.close(CLOSE_TIMEOUT);
  }

  /** The topic as the brokers know it. */
  static TopicDescription describe(Admin admin, KafkaUri uri) {
    return await(
        uri, admin.describeTopics(List.of(uri.topic())).topicNameValues().get(uri.topic()));
  }

  /** The answer, or its failure as a {@link KappaException}. */
  static <T> T await(KafkaUri uri, KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw failure(uri, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException("interrupted while waiting for Kafka", e);
    }
  }

  /** Says what a client's failure means to the user. */
  static KappaException failure(KafkaUri uri, Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof KappaException already) {
      return already;
    }
    String at = "topic '" + uri.topic() + "' at " + uri.servers();
    if (cause instanceof UnknownTopicOrPartitionException) {
      return new KappaException(
          at + " does not exist", "correct the log's URI or create the topic first", failure);
    }
    if (cause instanceof SslAuthenticationException) {
      return new KappaException(
          "the TLS connection to Kafka at " + uri.servers() + " fails",
          "check the client properties ssl.*: does this side trust the broker's certificate, and"
              + " the broker this side's",
          failure);
    }
    if (cause instanceof AuthenticationException) {
      return new KappaException(
          "Kafka at " + uri.servers() + " does not accept the credentials",
          "check the client properties security.protocol, sasl.* and ssl.*",
          failure);
    }
    if (cause instanceof AuthorizationException) {
      return new KappaException(
          at + " does not allow this user to do that (" + cause.getMessage() + ")",
          "ask for the access rights, or use another user",
          failure);
    }
    String store = storeFailure(cause);
    if (store != null) {
      return new KappaException(
          "the Kafka client " + store,
          "check file, type and password in the client properties ssl.*",
          failure);
    }
    if (cause instanceof ConfigException || cause.getCause() instanceof ConfigException) {
      String message =
          cause instanceof ConfigException ? cause.getMessage() : cause.getCause().getMessage();
      return message != null && message.contains("bootstrap")
          ? new KappaException(
              "no host of " + uri.servers() + " can be found",
              "correct the log's URI or the name service",
              failure)
          // Not the message: it may quote the value.
          : new KappaException(
              "a Kafka client property is wrong",
              "compare the client properties with Kafka's documentation",
              failure);
    }
    if (cause instanceof TimeoutException || cause instanceof RetriableException) {
      return new KappaException(
          "no Kafka broker answers at " + uri.servers(),
          "start it, or correct host and port in the log's URI, or security.protocol",
          failure);
    }
    return new KappaException(
        at + " failed with " + cause.getClass().getSimpleName() + " (" + cause.getMessage() + ")",
        "look into the broker's log",
        failure);
  }

  /** What is said of a key or trust store that cannot be read: it names its file only. */
  private static @Nullable String storeFailure(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (cause instanceof KafkaException && message != null && message.startsWith(STORE_FAILURE)) {
        return "f" + message.substring(1);
      }
    }
    return null;
  }

  /** The failure of reading where the log no longer (or not yet) has records. */
  static KappaException outOfRange(
      KafkaUri uri, Consumer<?, ?> consumer, OffsetOutOfRangeException failure) {
    TopicPartition partition = failure.partitions().iterator().next();
    long wanted = failure.offsetOutOfRangePartitions().get(partition);
    Long first;
    Long end;
    try {
      List<TopicPartition> one = List.of(partition);
      first = consumer.beginningOffsets(one, ANSWER_TIMEOUT).get(partition);
      end = consumer.endOffsets(one, ANSWER_TIMEOUT).get(partition);
    } catch (KafkaException unanswered) {
      failure.addSuppressed(unanswered);
      return new KappaException(
          where(uri, partition.partition()) + " has no records at offset " + wanted,
          "they have expired; resolve the slice anew",
          failure);
    }
    return outOfRange(uri, partition.partition(), wanted, first, end, failure);
  }

  static KappaException outOfRange(
      KafkaUri uri, int partition, long wanted, long first, long end, Throwable failure) {
    return wanted < first
        ? new KappaException(
            where(uri, partition)
                + " has lost its records from offset "
                + wanted
                + "; the first available offset is "
                + first,
            "start from earliest or read the archive, and set retention.ms=-1 on the topic",
            failure)
        : new KappaException(
            where(uri, partition) + " ends at offset " + end + ", before offset " + wanted,
            "the topic was created anew or truncated: resolve the slice anew",
            failure);
  }

  private static String where(KafkaUri uri, int partition) {
    return "partition " + partition + " of topic '" + uri.topic() + "' at " + uri.servers();
  }
}
