package org.kappabeam.transforms.pubsub;

import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.ApiCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.log.LogRecord;

/**
 * What a process has of a subscription: messages received and not yet emitted, and messages emitted
 * and not yet acknowledged, whose leases it keeps up.
 *
 * <p>It outlives its reader. Runners close readers and make new ones from a checkpoint as they
 * like, the direct runner every few batches, and acknowledge the last checkpoint of one after it is
 * closed. So the next reader of the same source in the same process takes the session over; one
 * that nobody takes over, or whose reader nobody asks for anything any more, gives its messages
 * back.
 */
final class PubsubSession {
  /** For how long a message is ours before it is given to somebody else. */
  static final int LEASE_SECONDS = 60;

  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(LEASE_SECONDS);
  private static final long RENEW_NANOS = LEASE_NANOS / 3;

  /** How long a session waits for its next reader. */
  private static final long HANDOVER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * How long it waits for a sign of life from its reader, which a store that is away may hold up.
   */
  static final long ALIVE_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Bounds a batch; a single larger record is a batch of its own. */
  private static final int MAX_RECORDS = 1_000;

  private static final int MAX_BYTES = 1 << 20;

  /** With so much in hand no more is asked for. */
  private static final int ENOUGH_RECORDS = 5 * MAX_RECORDS;

  private static final long ENOUGH_BYTES = 16L << 20;

  /** Requests for messages that wait at the service at the same time. */
  private static final int PULLS = 4;

  private static final Duration PULL_TIMEOUT = Duration.ofSeconds(30);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** For how long the service may be away. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  /** How long {@link #take} waits if there is nothing. */
  private static final long IDLE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The service takes at most 512 KB of ids in a request. */
  private static final int IDS_PER_REQUEST = 1_000;

  private static final Map<String, PubsubSession> SESSIONS = new HashMap<>();

  private static final ScheduledExecutorService TICKER = ticker();

  private final String id = UUID.randomUUID().toString();
  private final PubsubSource source;
  private final String partition;
  private final boolean resumed;
  private final SubscriberStub stub;
  private final PubsubClock clock;
  private final ScheduledFuture<?> ticks;

  private final Deque<Message> received = new ArrayDeque<>();
  private long receivedBytes;
  private final Deque<Message> emitted = new ArrayDeque<>();
  private long lastEmitted;
  private long lastMarked;

  /** Messages behind the end of the read. */
  private final List<String> notOurs = new ArrayList<>();

  private int pulling;
  private long nextPull = System.nanoTime();
  private boolean failing;
  private long failingSince;
  private @Nullable RuntimeException failure;

  private boolean inUse = true;
  private boolean closing;
  private long lastSign = System.nanoTime();

  /** Since when the runner takes without a long pause: while it is away nobody asks for more. */
  private long takingSince = lastSign;

  private long lastTake = lastSign;

  /** A message that is leased to us; without its record once that is emitted. */
  private static final class Message {
    final String ackId;
    @Nullable LogRecord record;
    long number;
    long renewAt;

    Message(String ackId, LogRecord record, long now) {
      this.ackId = ackId;
      this.record = record;
      // At the next tick: the subscription's own lease may be short.
      this.renewAt = now;
    }
  }

  private PubsubSession(PubsubSource source, @Nullable PubsubMark mark) {
    this.source = source;
    this.partition = source.partition();
    this.resumed = mark != null;
    this.stub = PubsubClients.subscriber(source.uri(), source.settings());
    this.clock =
        new PubsubClock(
            mark == null ? PubsubClock.NO_TIME : mark.logTime(),
            mark == null ? 0 : LEASE_NANOS,
            System::nanoTime);
    this.ticks = TICKER.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /** One thread for all sessions, which ends with the last: a cluster unloads our classes. */
  private static ScheduledExecutorService ticker() {
    ScheduledThreadPoolExecutor ticker =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "pubsub-leases");
              thread.setDaemon(true);
              return thread;
            });
    ticker.setRemoveOnCancelPolicy(true);
    ticker.setKeepAliveTime(10, TimeUnit.SECONDS);
    ticker.allowCoreThreadTimeOut(true);
    return ticker;
  }

  /** The session for a reader that starts at the mark. */
  static PubsubSession join(PubsubSource source, @Nullable PubsubMark mark) {
    synchronized (SESSIONS) {
      PubsubSession known = SESSIONS.get(source.id());
      if (known != null && known.takenOver(mark)) {
        return known;
      }
      PubsubSession fresh = new PubsubSession(source, mark);
      SESSIONS.put(source.id(), fresh);
      return fresh;
    }
  }

  private synchronized boolean takenOver(@Nullable PubsubMark mark) {
    if (inUse || closing || failure != null) {
      return false;
    }
    if (mark != null && mark.session().equals(id)) {
      // Who starts from a mark says that it is durable.
      committed(mark.emitted());
    }
    giveBackEmitted(0);
    inUse = true;
    lastSign = System.nanoTime();
    return true;
  }

  /** Whether it has given its messages back: a reader that goes on needs another. */
  synchronized boolean isClosing() {
    return closing;
  }

  /** The next records, none if there are none yet. */
  synchronized List<LogRecord> take() {
    lastSign = System.nanoTime();
    if (lastSign - lastTake > idleNanos() / 3) {
      takingSince = lastSign;
    }
    lastTake = lastSign;
    if (failure != null) {
      throw failure;
    }
    pull();
    awaitArrival();
    List<LogRecord> records = new ArrayList<>();
    long bytes = 0;
    Message next;
    while (records.size() < MAX_RECORDS && (next = received.peek()) != null) {
      int size = bytes(next.record);
      if (!records.isEmpty() && bytes + size > MAX_BYTES) {
        break;
      }
      received.remove();
      receivedBytes -= size;
      bytes += size;
      records.add(next.record);
      next.record = null;
      next.number = ++lastEmitted;
      emitted.add(next);
    }
    return records;
  }

  private void awaitArrival() {
    long deadline = System.nanoTime() + IDLE_WAIT_NANOS;
    long left;
    while (received.isEmpty() && (left = deadline - System.nanoTime()) > 0) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static int bytes(@Nullable LogRecord record) {
    if (record == null) {
      return 0;
    }
    return (record.key() == null ? 0 : record.key().length)
        + (record.value() == null ? 0 : record.value().length);
  }

  private void pull() {
    while (pulling < PULLS
        && received.size() < ENOUGH_RECORDS
        && receivedBytes < ENOUGH_BYTES
        && System.nanoTime() - nextPull >= 0) {
      pulling++;
      ApiCallContext context = GrpcCallContext.createDefault().withTimeoutDuration(PULL_TIMEOUT);
      PullRequest request =
          PullRequest.newBuilder()
              .setSubscription(source.uri().subscription())
              .setMaxMessages(MAX_RECORDS)
              .build();
      ApiFutures.addCallback(
          stub.pullCallable().futureCall(request, context),
          new Pulled(),
          MoreExecutors.directExecutor());
    }
  }

  private final class Pulled implements ApiFutureCallback<PullResponse> {
    @Override
    public void onSuccess(PullResponse response) {
      arrived(response.getReceivedMessagesList());
    }

    @Override
    public void onFailure(Throwable e) {
      failed(e);
    }
  }

  private synchronized void arrived(List<ReceivedMessage> messages) {
    pulling--;
    failing = false;
    long now = System.nanoTime();
    List<String> unwanted = new ArrayList<>();
    for (ReceivedMessage message : messages) {
      if (closing) {
        unwanted.add(message.getAckId());
      } else if (PubsubMessages.publishTime(message.getMessage()) < source.untilPublishTime()) {
        LogRecord record = PubsubMessages.record(partition, message.getMessage());
        clock.arrived(record.logTime());
        receivedBytes += bytes(record);
        received.add(new Message(message.getAckId(), record, now));
      } else if (notOurs.size() < ENOUGH_RECORDS) {
        // Given back now it would come again at once.
        notOurs.add(message.getAckId());
      }
    }
    lease(unwanted, 0);
    if (!received.isEmpty()) {
      notifyAll();
    }
  }

  private synchronized void failed(Throwable e) {
    pulling--;
    if (closing) {
      return;
    }
    ApiException api = e instanceof ApiException known ? known : null;
    if (api != null && api.getStatusCode().getCode() == StatusCode.Code.DEADLINE_EXCEEDED) {
      // There was nothing to hand out.
      return;
    }
    long now = System.nanoTime();
    if (!failing) {
      failing = true;
      failingSince = now;
    }
    nextPull = now + RETRY_NANOS;
    if (api == null || !PubsubClients.mayPass(api) || now - failingSince > PATIENCE_NANOS) {
      failure = PubsubClients.failure(source.uri(), e);
    }
  }

  /** Whether a read with an end has come to it. */
  synchronized boolean finished() {
    lastSign = System.nanoTime();
    long idle = Math.min(clock.idleNanos(), lastSign - takingSince);
    return source.ends() && !closing && received.isEmpty() && !failing && idle > idleNanos();
  }

  /** For how long nothing must come, though it is asked for, until a read with an end ends. */
  private long idleNanos() {
    long idle = TimeUnit.SECONDS.toNanos(source.settings().endAfterIdleSeconds());
    // What a failed reader held comes only when its lease has run out.
    return resumed ? Math.max(idle, LEASE_NANOS + RENEW_NANOS) : idle;
  }

  /** The log time reached. */
  synchronized long logTime() {
    lastSign = System.nanoTime();
    long lowest = Long.MAX_VALUE;
    for (Message message : received) {
      LogRecord record = message.record;
      if (record != null) {
        lowest = Math.min(lowest, record.logTime());
      }
    }
    return clock.reached(lowest);
  }

  /** A mark behind everything emitted so far. */
  synchronized PubsubMark mark() {
    long upTo = lastEmitted;
    lastMarked = upTo;
    return new PubsubMark(id, upTo, logTime(), () -> committed(upTo));
  }

  /**
   * Acknowledges all that was emitted up to that number: a durable mark stands on those before it,
   * also on any that the runner never told to be durable.
   */
  private synchronized void committed(long upTo) {
    List<String> ids = new ArrayList<>();
    while (!emitted.isEmpty() && emitted.peek().number <= upTo) {
      ids.add(emitted.remove().ackId);
    }
    for (List<String> chunk : chunks(ids)) {
      acknowledge(chunk);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is not acknowledged comes again
  private void acknowledge(List<String> ids) {
    stub.acknowledgeCallable()
        .futureCall(
            AcknowledgeRequest.newBuilder()
                .setSubscription(source.uri().subscription())
                .addAllAckIds(ids)
                .build());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a lease that is not renewed runs out
  private void lease(List<String> ids, int seconds) {
    for (List<String> chunk : chunks(ids)) {
      stub.modifyAckDeadlineCallable()
          .futureCall(
              ModifyAckDeadlineRequest.newBuilder()
                  .setSubscription(source.uri().subscription())
                  .addAllAckIds(chunk)
                  .setAckDeadlineSeconds(seconds)
                  .build());
    }
  }

  private static List<List<String>> chunks(List<String> ids) {
    List<List<String>> chunks = new ArrayList<>();
    for (int i = 0; i < ids.size(); i += IDS_PER_REQUEST) {
      chunks.add(ids.subList(i, Math.min(ids.size(), i + IDS_PER_REQUEST)));
    }
    return chunks;
  }

  /** Has what was emitted after that number delivered again, soon. */
  private void giveBackEmitted(long after) {
    List<String> ids = new ArrayList<>();
    while (!emitted.isEmpty() && emitted.peekLast().number > after) {
      ids.add(emitted.removeLast().ackId);
    }
    lease(ids, 0);
  }

  /** The reader is closed: what no mark covers was emitted in vain. */
  synchronized void leave() {
    giveBackEmitted(lastMarked);
    if (finished()) {
      startClosing();
    }
    inUse = false;
    lastSign = System.nanoTime();
  }

  private void startClosing() {
    closing = true;
    lastSign = System.nanoTime();
    List<String> back = new ArrayList<>(notOurs);
    received.forEach(message -> back.add(message.ackId));
    lease(back, 0);
    received.clear();
    notOurs.clear();
  }

  private void tick() {
    if (turn(System.nanoTime())) {
      synchronized (SESSIONS) {
        SESSIONS.remove(source.id(), this);
      }
    }
  }

  /** Renews leases, or closes; returns whether nobody may take the session over any more. */
  synchronized boolean turn(long now) {
    if (!closing && now - lastSign > (inUse ? ALIVE_NANOS : HANDOVER_NANOS)) {
      startClosing();
    }
    if (closing) {
      // Marks that are not durable yet may still be.
      if (pulling == 0 && (emitted.isEmpty() || now - lastSign > LEASE_NANOS)) {
        ticks.cancel(false);
        stub.shutdown();
      }
      return true;
    }
    List<String> due = new ArrayList<>();
    renew(received, now, due);
    renew(emitted, now, due);
    lease(due, LEASE_SECONDS);
    return false;
  }

  private static void renew(Deque<Message> messages, long now, List<String> due) {
    for (Message message : messages) {
      if (now - message.renewAt >= 0) {
        message.renewAt = now + RENEW_NANOS;
        due.add(message.ackId);
      }
    }
  }
}
