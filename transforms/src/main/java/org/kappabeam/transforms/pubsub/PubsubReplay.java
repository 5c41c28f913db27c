package org.kappabeam.transforms.pubsub;

import com.google.api.gax.rpc.AlreadyExistsException;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.pubsub.v1.SubscriptionAdminClient;
import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.GetSnapshotRequest;
import com.google.pubsub.v1.SeekRequest;
import com.google.pubsub.v1.Snapshot;
import java.time.Instant;
import java.util.Map;
import org.kappabeam.coders.KappaException;

/**
 * Replays of a Pub/Sub log: a snapshot, then a <em>new</em> subscription that is sought to it,
 * which a shadow run reads while the live job goes on with its own. A subscription that exists is
 * never sought: a job may be reading from it, which would lose or repeat what it has in hand
 * without knowing.
 *
 * <p>A snapshot holds what its subscription had not acknowledged when it was taken, and everything
 * published since; the service drops it after 7 days at most, earlier if the oldest message it
 * holds is older. So take one before a new version is rolled out. Seeking to a time reaches back as
 * far as the topic keeps messages, 31 days at most. What is older comes from the archive.
 */
public final class PubsubReplay {
  private final PubsubUri uri;
  private final PubsubSettings settings;

  private PubsubReplay(PubsubUri uri, PubsubSettings settings) {
    this.uri = uri;
    this.settings = settings;
  }

  /**
   * Replays of the log a live job reads; does not connect yet.
   *
   * @param uri of the live subscription
   * @param properties see {@link PubsubLog#of}
   */
  public static PubsubReplay of(String uri, Map<String, String> properties) {
    return new PubsubReplay(PubsubUri.parse(uri), PubsubSettings.of(properties));
  }

  /**
   * Takes a snapshot of the live subscription; one of that name that exists stays as it is.
   *
   * @throws KappaException if the subscription does not exist or the service refuses
   */
  public void snapshot(String name) {
    try (SubscriptionAdminClient client = PubsubClients.subscriptions(uri, settings)) {
      client.createSnapshot(snapshotName(name), uri.subscription());
    } catch (AlreadyExistsException e) {
      // Taken by an earlier attempt.
    } catch (ApiException e) {
      throw PubsubClients.failure(uri, e);
    }
  }

  /**
   * Drops a snapshot, so that it is no longer paid for; one that is gone already is no failure.
   *
   * @throws KappaException if the service refuses
   */
  public void dropSnapshot(String name) {
    try (SubscriptionAdminClient client = PubsubClients.subscriptions(uri, settings)) {
      client.deleteSnapshot(snapshotName(name));
    } catch (NotFoundException e) {
      // As it should be.
    } catch (ApiException e) {
      throw PubsubClients.failure(uri, e);
    }
  }

  /**
   * Makes a new subscription that holds what the snapshot holds.
   *
   * @param subscription its name; there must be none of that name
   * @return its URI, for a run with {@code from=earliest}
   * @throws KappaException if the subscription exists, the snapshot does not, or the service
   *     refuses; nothing is left behind
   */
  public String fromSnapshot(String subscription, String snapshot) {
    PubsubUri replay = uri.withName(subscription);
    try (SubscriptionAdminClient client = PubsubClients.subscriptions(uri, settings)) {
      Snapshot found;
      try {
        found =
            client
                .getSnapshotCallable()
                .call(GetSnapshotRequest.newBuilder().setSnapshot(snapshotName(snapshot)).build());
      } catch (NotFoundException e) {
        throw new KappaException(
            "project " + uri.project() + " has no snapshot " + snapshot,
            "take one of the live subscription first; they expire after 7 days at most",
            e);
      }
      return make(
          client, replay, found.getTopic(), SeekRequest.newBuilder().setSnapshot(found.getName()));
    } catch (ApiException e) {
      throw PubsubClients.failure(uri, e);
    }
  }

  /**
   * Makes a new subscription that holds what was published to the topic at that time or later, as
   * far as the topic keeps it.
   *
   * @param subscription its name; there must be none of that name
   * @return its URI, for a run with {@code from=earliest}
   * @throws KappaException if the subscription exists, the topic keeps no messages, or the service
   *     refuses; nothing is left behind
   */
  public String fromPublishTime(String subscription, Instant published) {
    PubsubUri replay = uri.withName(subscription);
    Timestamp time =
        Timestamp.newBuilder()
            .setSeconds(published.getEpochSecond())
            .setNanos(published.getNano())
            .build();
    String topic = PubsubTopics.topicOf(uri, settings);
    try (SubscriptionAdminClient client = PubsubClients.subscriptions(uri, settings)) {
      return make(client, replay, topic, SeekRequest.newBuilder().setTime(time));
    }
  }

  private String make(
      SubscriptionAdminClient client, PubsubUri replay, String topic, SeekRequest.Builder seek) {
    try {
      PubsubTopics.subscribe(client, replay, topic);
    } catch (AlreadyExistsException e) {
      throw new KappaException(
          "subscription " + replay.name() + " exists, and a job may be reading from it",
          "name one that does not exist",
          e);
    } catch (ApiException e) {
      throw PubsubClients.failure(replay, e);
    }
    try {
      client.seek(seek.setSubscription(replay.subscription()).build());
      return replay.toString();
    } catch (ApiException e) {
      KappaException failure = PubsubClients.failure(replay, e);
      try {
        client.deleteSubscription(replay.subscription());
      } catch (ApiException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
      throw failure;
    }
  }

  private String snapshotName(String name) {
    return "projects/" + uri.project() + "/snapshots/" + uri.withName(name).name();
  }
}
