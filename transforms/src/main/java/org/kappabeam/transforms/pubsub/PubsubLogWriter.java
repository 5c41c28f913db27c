package org.kappabeam.transforms.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.common.util.concurrent.MoreExecutors;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.LogHeader;
import org.kappabeam.transforms.log.LogWriter;

/**
 * Publishes to a topic, so that the URI a job reads from is also the one it is fed by: {@code
 * pubsub://project/name} is the topic of the subscription {@code name}, or, where there is no such
 * subscription, the topic {@code name}. The key is the ordering key, the log time an attribute (see
 * {@link PubsubMessages}).
 */
public final class PubsubLogWriter implements LogWriter {
  private static final long CLOSE_SECONDS = 30;
  private static final long FLUSH_WAIT_MILLIS = 20;

  private final PubsubUri uri;
  private final Publisher publisher;
  private final ApiFutureCallback<String> published = new Published();
  private long onTheirWay;
  private @Nullable Throwable firstFailure;

  private PubsubLogWriter(PubsubUri uri, Publisher publisher) {
    this.uri = uri;
    this.publisher = publisher;
  }

  /**
   * Connects.
   *
   * @param properties see {@link PubsubLog#of}
   * @throws KappaException if the service does not answer or there is no such subscription or topic
   */
  public static PubsubLogWriter open(String uri, Map<String, String> properties) {
    PubsubUri pubsub = PubsubUri.parse(uri);
    PubsubSettings settings = PubsubSettings.of(properties);
    String topic = PubsubTopics.topicToWrite(pubsub, settings);
    return new PubsubLogWriter(pubsub, PubsubClients.publisher(pubsub, settings, topic));
  }

  @Override
  public void write(byte @Nullable [] key, byte @Nullable [] value, long logTime) {
    write(key, value, logTime, List.of());
  }

  /**
   * Appends a record with headers, which become attributes: for instance the event's id and time,
   * by which consumers other than ours filter or deduplicate.
   *
   * @throws KappaException if a header cannot be an attribute, or an earlier write has failed
   */
  public void write(
      byte @Nullable [] key, byte @Nullable [] value, long logTime, List<LogHeader> headers) {
    if (logTime < 0) {
      throw new KappaException(
          "a record has log time " + logTime + ", before 1970", "drop it, or correct its time");
    }
    synchronized (published) {
      throwFirstFailure();
      onTheirWay++;
    }
    ApiFuture<String> id;
    try {
      id = publisher.publish(PubsubMessages.message(key, value, logTime, headers));
    } catch (RuntimeException e) {
      synchronized (published) {
        onTheirWay--;
      }
      throw e;
    }
    ApiFutures.addCallback(id, published, MoreExecutors.directExecutor());
  }

  @Override
  public void flush() {
    synchronized (published) {
      while (onTheirWay > 0) {
        publisher.publishAllOutstanding();
        try {
          published.wait(FLUSH_WAIT_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new KappaException("interrupted while publishing to " + uri, "run it again", e);
        }
      }
      throwFirstFailure();
    }
  }

  private void throwFirstFailure() {
    if (firstFailure != null) {
      throw PubsubClients.failure(uri, firstFailure);
    }
  }

  /** Sends what is still waiting; call {@link #flush} first to know whether it arrived. */
  @Override
  public void close() {
    publisher.shutdown();
    try {
      publisher.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Counts what has arrived; also the lock of the counters. */
  private final class Published implements ApiFutureCallback<String> {
    @Override
    public void onSuccess(String id) {
      done(null);
    }

    @Override
    public void onFailure(Throwable failure) {
      done(failure);
    }

    private synchronized void done(@Nullable Throwable failure) {
      onTheirWay--;
      if (failure != null && firstFailure == null) {
        firstFailure = failure;
      }
      if (onTheirWay == 0) {
        notifyAll();
      }
    }
  }
}
