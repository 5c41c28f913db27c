package org.kappabeam.transforms.pubsub;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.pubsub.v1.SubscriptionAdminClient;
import com.google.cloud.pubsub.v1.TopicAdminClient;
import com.google.protobuf.Duration;
import com.google.pubsub.v1.ExpirationPolicy;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.Topic;
import java.util.Map;
import org.kappabeam.coders.KappaException;

/** Looks topics and subscriptions up and creates them. */
final class PubsubTopics {
  /** The longest the service keeps messages. */
  private static final Duration RETENTION = days(31);

  /** The longest the emulator keeps the messages of a subscription, as once the service did. */
  private static final Duration SHORTER_RETENTION = days(7);

  /** What the service says instead of a topic that was deleted. */
  private static final String DELETED = "_deleted-topic_";

  private PubsubTopics() {}

  private static Duration days(int days) {
    return Duration.newBuilder().setSeconds(java.time.Duration.ofDays(days).toSeconds()).build();
  }

  /**
   * The topic behind the subscription, as {@code projects/…/topics/…}.
   *
   * @throws KappaException if there is no such subscription or its topic is gone
   */
  static String topicOf(PubsubUri uri, PubsubSettings settings) {
    try (SubscriptionAdminClient client = PubsubClients.subscriptions(uri, settings)) {
      String topic = client.getSubscription(uri.subscription()).getTopic();
      if (topic.equals(DELETED)) {
        throw new KappaException(
            "the topic of subscription " + uri.name() + " was deleted",
            "name a subscription of a topic that exists");
      }
      return topic;
    } catch (ApiException e) {
      throw PubsubClients.failure(uri, e);
    }
  }

  /**
   * Where a writer publishes: the topic of the subscription, or, if there is no subscription of
   * that name, the topic of that name.
   */
  static String topicToWrite(PubsubUri uri, PubsubSettings settings) {
    try {
      return topicOf(uri, settings);
    } catch (KappaException e) {
      if (!(e.getCause() instanceof NotFoundException)) {
        throw e;
      }
    }
    try (TopicAdminClient client = PubsubClients.topics(uri, settings)) {
      return client.getTopic(uri.topic()).getName();
    } catch (ApiException e) {
      throw PubsubClients.failure(uri, e);
    }
  }

  /**
   * The partition that records of a subscription name: the topic, with its project if it is
   * another.
   *
   * @throws KappaException if there is no such subscription or its topic is gone
   */
  static String partition(PubsubUri uri, PubsubSettings settings) {
    String[] parts = topicOf(uri, settings).split("/", -1);
    String project = parts[1];
    String name = parts[3];
    return project.equals(uri.project()) ? name : project + "/" + name;
  }

  /**
   * Creates a topic and a subscription of the same name, which both keep messages for 31 days, read
   * or not: the longest the service does. What exists stays as it is.
   */
  static void create(String uri, Map<String, String> properties) {
    PubsubUri pubsub = PubsubUri.parse(uri);
    PubsubSettings settings = PubsubSettings.of(properties);
    try (TopicAdminClient topics = PubsubClients.topics(pubsub, settings);
        SubscriptionAdminClient subscriptions = PubsubClients.subscriptions(pubsub, settings)) {
      try {
        topics.createTopic(
            Topic.newBuilder()
                .setName(pubsub.topic())
                .setMessageRetentionDuration(RETENTION)
                .build());
      } catch (AlreadyExistsException e) {
        // As it should be.
      }
      try {
        subscribe(subscriptions, pubsub, pubsub.topic());
      } catch (AlreadyExistsException e) {
        // As it should be.
      }
    } catch (ApiException e) {
      throw PubsubClients.failure(pubsub, e);
    }
  }

  /**
   * Makes a subscription as a log needs it: acknowledged messages are kept, it never expires, and
   * messages come in any order. Ordered delivery holds a key's messages back until those before are
   * acknowledged, here once a checkpoint is durable; and no result depends on it.
   *
   * @throws AlreadyExistsException if there is one
   */
  static void subscribe(SubscriptionAdminClient client, PubsubUri uri, String topic) {
    Subscription.Builder subscription =
        Subscription.newBuilder()
            .setName(uri.subscription())
            .setTopic(topic)
            .setAckDeadlineSeconds(PubsubSession.LEASE_SECONDS)
            .setRetainAckedMessages(true)
            .setExpirationPolicy(ExpirationPolicy.getDefaultInstance());
    try {
      client.createSubscription(subscription.setMessageRetentionDuration(RETENTION).build());
    } catch (InvalidArgumentException e) {
      client.createSubscription(
          subscription.setMessageRetentionDuration(SHORTER_RETENTION).build());
    }
  }
}
