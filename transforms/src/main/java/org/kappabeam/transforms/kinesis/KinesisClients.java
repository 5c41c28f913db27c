package org.kappabeam.transforms.kinesis;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.KinesisClientBuilder;
import software.amazon.awssdk.services.kinesis.model.AccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.KmsAccessDeniedException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Kinesis clients as this package needs them, and their failures as lines a person can act on. */
final class KinesisClients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** For one attempt and for a call with its retries; an answer has up to 10 MB. */
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(30);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

  /** What AWS answers to credentials it does not take. */
  private static final Set<String> REFUSED =
      Set.of(
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "IncompleteSignatureException",
          "SignatureDoesNotMatch",
          "MissingAuthenticationTokenException",
          "MissingAuthenticationToken",
          "ExpiredTokenException",
          "ExpiredToken",
          "NotAuthorized",
          "OptInRequired");

  private KinesisClients() {}

  /**
   * A client; connects with the first call.
   *
   * @param properties checked by {@link KinesisSecrets#check}
   */
  static KinesisClient client(KinesisUri uri, Map<String, String> properties) {
    KinesisClientBuilder builder =
        KinesisClient.builder()
            .region(Region.of(uri.region()))
            .credentialsProvider(KinesisSecrets.provider(properties))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(ATTEMPT_TIMEOUT))
            .overrideConfiguration(
                settings ->
                    settings.apiCallAttemptTimeout(ATTEMPT_TIMEOUT).apiCallTimeout(CALL_TIMEOUT));
    if (uri.endpoint() != null) {
      builder.endpointOverride(URI.create(uri.endpoint()));
    }
    return builder.build();
  }

  /**
   * All shards whose records the stream may still hold, closed ones too, parents before their
   * children: AWS numbers shards as they come.
   */
  static List<Shard> shards(KinesisClient client, KinesisUri uri) {
    List<Shard> shards = new ArrayList<>();
    ListShardsRequest request = ListShardsRequest.builder().streamName(uri.stream()).build();
    try {
      while (true) {
        ListShardsResponse page = client.listShards(request);
        shards.addAll(page.shards());
        if (page.nextToken() == null) {
          break;
        }
        request = ListShardsRequest.builder().nextToken(page.nextToken()).build();
      }
    } catch (SdkException e) {
      throw failure(uri, e);
    }
    shards.sort(Comparator.comparing(Shard::shardId));
    return shards;
  }

  /** Whether the same question may be answered a moment later. */
  static boolean isTransient(SdkException failure) {
    if (failure instanceof AbortedException) {
      return false;
    }
    if (failure instanceof AwsServiceException answer) {
      return answer.isThrottlingException()
          || answer.statusCode() >= 500
          || answer instanceof ProvisionedThroughputExceededException
          || answer instanceof LimitExceededException;
    }
    return failure instanceof RetryableException || isUnanswered(failure);
  }

  private static boolean isUnanswered(SdkException failure) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return true;
    }
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof java.io.IOException) {
        return true;
      }
    }
    return false;
  }

  /** Says what a client's failure means to the user. */
  static KappaException failure(KinesisUri uri, SdkException failure) {
    String server = uri.endpoint() == null ? uri.region() : uri.endpoint();
    if (failure instanceof ResourceNotFoundException) {
      return new KappaException(
          uri.place() + " does not exist, or a shard of it has expired",
          "correct the log's URI or create the stream first; resolve the slice anew",
          failure);
    }
    if (failure instanceof AwsServiceException answer) {
      String code = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
      if (REFUSED.contains(code)) {
        return new KappaException(
            "Kinesis in " + server + " does not accept the credentials (" + code + ")",
            "check the AWS credentials of this machine or the client properties aws.*",
            failure);
      }
      if (answer instanceof AccessDeniedException
          || answer instanceof KmsAccessDeniedException
          || "AccessDeniedException".equals(code)) {
        return new KappaException(
            uri.place() + " does not allow this user to do that",
            "ask for the kinesis rights that the documentation lists, or use another user",
            failure);
      }
      return new KappaException(
          uri.place() + " answers " + code + " (" + oneLine(answer) + ")",
          "look the answer up in the documentation of Kinesis",
          failure);
    }
    if (isUnanswered(failure)) {
      return new KappaException(
          "no Kinesis answers at " + server,
          "correct region or endpoint in the log's URI, or look at the network",
          failure);
    }
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    if (failure instanceof SdkClientException && message.contains("credentials")) {
      return new KappaException(
          "there are no AWS credentials for " + uri.place(),
          "set up the machine's AWS credentials or the client properties aws.accessKeyId and"
              + " aws.secretAccessKey",
          failure);
    }
    return new KappaException(
        uri.place() + " failed: " + message.lines().findFirst().orElse("no reason given"),
        "compare with the documentation of Kinesis, or run again",
        failure);
  }

  private static String oneLine(AwsServiceException answer) {
    String message =
        answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorMessage();
    return message == null
        ? "status " + answer.statusCode()
        : message.lines().findFirst().orElse("");
  }
}
