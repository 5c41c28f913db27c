package org.kappabeam.transforms.kafka;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.kappabeam.coders.KappaException;

/** Creates and deletes topics that serve as logs. */
public final class KafkaTopics {
  private static final long POLL_MILLIS = 20;

  private KafkaTopics() {}

  /**
   * Creates the topic; leaves one that exists as it is, whatever its settings. It keeps everything
   * for ever, since history is imported with its old timestamps, and its log time is the one the
   * writer gives. Replication is the broker's default.
   *
   * @throws KappaException if no broker answers or it refuses
   */
  public static void create(String uri, int partitions, Map<String, String> clientProperties) {
    KafkaUri kafka = KafkaUri.parse(uri);
    NewTopic topic =
        new NewTopic(kafka.topic(), Optional.of(partitions), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG, "-1",
                    TopicConfig.RETENTION_BYTES_CONFIG, "-1",
                    TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime"));
    Admin admin = KafkaClients.admin(kafka, clientProperties);
    try {
      try {
        admin.createTopics(List.of(topic)).all().get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw KafkaClients.failure(kafka, e);
        }
      }
      awaitLeaders(admin, kafka);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException("interrupted while creating a topic", e);
    } finally {
      KafkaClients.close(admin);
    }
  }

  /** The controller knows a new topic a moment before every broker serves it. */
  private static void awaitLeaders(Admin admin, KafkaUri uri) throws InterruptedException {
    long deadline = System.nanoTime() + KafkaClients.ANSWER_TIMEOUT.toNanos();
    while (true) {
      Throwable missing;
      try {
        List<TopicPartitionInfo> partitions =
            admin
                .describeTopics(List.of(uri.topic()))
                .allTopicNames()
                .get()
                .get(uri.topic())
                .partitions();
        if (partitions.stream().map(TopicPartitionInfo::leader).noneMatch(KafkaTopics::isNobody)) {
          return;
        }
        missing = new LeaderNotAvailableException("a partition has no leader");
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw KafkaClients.failure(uri, e);
        }
        missing = e;
      }
      if (System.nanoTime() > deadline) {
        throw KafkaClients.failure(uri, missing);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static boolean isNobody(Node leader) {
    return leader == null || leader.isEmpty();
  }

  /**
   * Whether the topic exists.
   *
   * @throws KappaException if no broker answers
   */
  public static boolean exists(String uri, Map<String, String> clientProperties) {
    KafkaUri kafka = KafkaUri.parse(uri);
    Admin admin = KafkaClients.admin(kafka, clientProperties);
    try {
      KafkaClients.describe(admin, kafka);
      return true;
    } catch (KappaException e) {
      if (e.getCause() != null
          && e.getCause().getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    } finally {
      KafkaClients.close(admin);
    }
  }

  /**
   * Deletes the topic and all its records, if it exists.
   *
   * @throws KappaException if no broker answers or it refuses
   */
  public static void delete(String uri, Map<String, String> clientProperties) {
    KafkaUri kafka = KafkaUri.parse(uri);
    Admin admin = KafkaClients.admin(kafka, clientProperties);
    try {
      admin.deleteTopics(List.of(kafka.topic())).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw KafkaClients.failure(kafka, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException("interrupted while deleting a topic", e);
    } finally {
      KafkaClients.close(admin);
    }
  }
}
