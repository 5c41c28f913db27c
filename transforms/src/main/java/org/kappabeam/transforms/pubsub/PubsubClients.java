package org.kappabeam.transforms.pubsub;

import com.google.api.gax.batching.BatchingSettings;
import com.google.api.gax.batching.FlowControlSettings;
import com.google.api.gax.batching.FlowController.LimitExceededBehavior;
import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.retrying.RetrySettings;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.TransportChannelProvider;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.pubsub.v1.Publisher;
import com.google.cloud.pubsub.v1.SubscriptionAdminClient;
import com.google.cloud.pubsub.v1.SubscriptionAdminSettings;
import com.google.cloud.pubsub.v1.TopicAdminClient;
import com.google.cloud.pubsub.v1.TopicAdminSettings;
import com.google.cloud.pubsub.v1.stub.GrpcSubscriberStub;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.cloud.pubsub.v1.stub.SubscriberStubSettings;
import com.google.common.base.Strings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;

/** Google's clients as this log needs them, and their failures in words. */
final class PubsubClients {
  private static final String EMULATOR_VARIABLE = "PUBSUB_EMULATOR_HOST";
  private static final String SCOPE = "https://www.googleapis.com/auth/pubsub";

  /** How long a question to the service may take, attempts included. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long a writer goes on trying to publish. */
  private static final Duration PUBLISH_PATIENCE = Duration.ofMinutes(2);

  /** Limits of one publish request: the service takes at most 1,000 messages and 10 MB. */
  private static final long BATCH_MESSAGES = 1_000;

  private static final long BATCH_BYTES = 1 << 20;

  /** What a writer may have on its way before it has to wait. */
  private static final long OUTSTANDING_MESSAGES = 20_000;

  private static final long OUTSTANDING_BYTES = 64L << 20;

  private PubsubClients() {}

  static SubscriptionAdminClient subscriptions(PubsubUri uri, PubsubSettings settings) {
    try {
      SubscriptionAdminSettings.Builder builder =
          SubscriptionAdminSettings.newBuilder()
              .setTransportChannelProvider(channel(uri))
              .setCredentialsProvider(credentials(uri, settings));
      builder.applyToAllUnaryMethods(PubsubClients::beQuick);
      return SubscriptionAdminClient.create(builder.build());
    } catch (IOException e) {
      throw noCredentials(e);
    } catch (Exception e) {
      throw unexpected(uri, e);
    }
  }

  static TopicAdminClient topics(PubsubUri uri, PubsubSettings settings) {
    try {
      TopicAdminSettings.Builder builder =
          TopicAdminSettings.newBuilder()
              .setTransportChannelProvider(channel(uri))
              .setCredentialsProvider(credentials(uri, settings));
      builder.applyToAllUnaryMethods(PubsubClients::beQuick);
      return TopicAdminClient.create(builder.build());
    } catch (IOException e) {
      throw noCredentials(e);
    } catch (Exception e) {
      throw unexpected(uri, e);
    }
  }

  /** For pulling and acknowledging; a pull is tried once, its caller pulls again anyway. */
  static SubscriberStub subscriber(PubsubUri uri, PubsubSettings settings) {
    try {
      SubscriberStubSettings.Builder builder =
          SubscriberStubSettings.newBuilder()
              .setTransportChannelProvider(channel(uri))
              .setCredentialsProvider(credentials(uri, settings));
      builder.pullSettings().setRetryableCodes(Set.of());
      return GrpcSubscriberStub.create(builder.build());
    } catch (IOException e) {
      throw noCredentials(e);
    }
  }

  static Publisher publisher(PubsubUri uri, PubsubSettings settings, String topic) {
    try {
      return Publisher.newBuilder(topic)
          .setChannelProvider(channel(uri))
          .setCredentialsProvider(credentials(uri, settings))
          .setEnableMessageOrdering(true)
          .setBatchingSettings(
              BatchingSettings.newBuilder()
                  .setElementCountThreshold(BATCH_MESSAGES)
                  .setRequestByteThreshold(BATCH_BYTES)
                  .setDelayThresholdDuration(Duration.ofMillis(20))
                  .setFlowControlSettings(
                      FlowControlSettings.newBuilder()
                          .setMaxOutstandingElementCount(OUTSTANDING_MESSAGES)
                          .setMaxOutstandingRequestBytes(OUTSTANDING_BYTES)
                          .setLimitExceededBehavior(LimitExceededBehavior.Block)
                          .build())
                  .build())
          .setRetrySettings(
              RetrySettings.newBuilder()
                  .setTotalTimeoutDuration(PUBLISH_PATIENCE)
                  .setInitialRetryDelayDuration(Duration.ofMillis(100))
                  .setRetryDelayMultiplier(2)
                  .setMaxRetryDelayDuration(Duration.ofSeconds(5))
                  .setInitialRpcTimeoutDuration(PATIENCE)
                  .setMaxRpcTimeoutDuration(PATIENCE)
                  .build())
          .build();
    } catch (IOException e) {
      throw noCredentials(e);
    }
  }

  private static Void beQuick(UnaryCallSettings.Builder<?, ?> call) {
    call.setRetryableCodes(StatusCode.Code.UNAVAILABLE)
        .setRetrySettings(
            RetrySettings.newBuilder()
                .setTotalTimeoutDuration(PATIENCE)
                .setInitialRetryDelayDuration(Duration.ofMillis(100))
                .setRetryDelayMultiplier(2)
                .setMaxRetryDelayDuration(Duration.ofSeconds(1))
                .setInitialRpcTimeoutDuration(PATIENCE)
                .setMaxRpcTimeoutDuration(PATIENCE)
                .build());
    return null;
  }

  private static @Nullable String emulator(PubsubUri uri) {
    return uri.emulator() != null
        ? uri.emulator()
        : Strings.emptyToNull(System.getenv(EMULATOR_VARIABLE));
  }

  private static TransportChannelProvider channel(PubsubUri uri) {
    InstantiatingGrpcChannelProvider.Builder channel =
        SubscriptionAdminSettings.defaultGrpcTransportProviderBuilder()
            .setMaxInboundMessageSize(Integer.MAX_VALUE);
    String emulator = emulator(uri);
    if (emulator != null) {
      channel.setEndpoint(emulator).setChannelConfigurator(builder -> builder.usePlaintext());
    } else if (uri.endpoint() != null) {
      channel.setEndpoint(uri.endpoint());
    }
    return channel.build();
  }

  private static CredentialsProvider credentials(PubsubUri uri, PubsubSettings settings) {
    if (emulator(uri) != null) {
      return NoCredentialsProvider.create();
    }
    String file = settings.credentialsFile();
    if (file == null) {
      return SubscriptionAdminSettings.defaultCredentialsProviderBuilder().build();
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return FixedCredentialsProvider.create(GoogleCredentials.fromStream(in).createScoped(SCOPE));
    } catch (IOException e) {
      throw new KappaException(
          "cannot read credentials from " + file, "see that it is a key file of Google Cloud", e);
    }
  }

  private static KappaException noCredentials(IOException e) {
    return new KappaException(
        "there are no Google credentials for Pub/Sub",
        "run gcloud auth application-default login, or name a key file as credentialsFile",
        e);
  }

  private static KappaException unexpected(PubsubUri uri, Exception e) {
    return e instanceof KappaException known
        ? known
        : new KappaException("cannot connect for " + uri, "see the cause", e);
  }

  /** Whether trying again may help. */
  static boolean mayPass(ApiException e) {
    return switch (e.getStatusCode().getCode()) {
      case UNAVAILABLE,
          DEADLINE_EXCEEDED,
          ABORTED,
          CANCELLED,
          UNKNOWN,
          INTERNAL,
          RESOURCE_EXHAUSTED ->
          true;
      default -> false;
    };
  }

  /** A failure as one line. */
  static KappaException failure(PubsubUri uri, Throwable e) {
    if (!(e instanceof ApiException api)) {
      return new KappaException("Pub/Sub failed for " + uri, "see the cause", e);
    }
    return switch (api.getStatusCode().getCode()) {
      case NOT_FOUND ->
          new KappaException(
              "project " + uri.project() + " has no subscription or topic " + uri.name(),
              "create it, or name one that exists",
              e);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new KappaException(
              "Pub/Sub refuses access to " + uri,
              "grant roles/pubsub.subscriber and viewer to read, publisher to write",
              e);
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          new KappaException(
              "Pub/Sub does not answer for " + uri,
              "see that the service, or the emulator, can be reached",
              e);
      default ->
          new KappaException(
              "Pub/Sub says "
                  + api.getStatusCode().getCode().name().toLowerCase(Locale.ROOT)
                  + " for "
                  + uri,
              firstLine(api),
              e);
    };
  }

  private static String firstLine(ApiException e) {
    String message = Strings.nullToEmpty(e.getMessage());
    return message.lines().findFirst().orElse("see the cause");
  }
}
