package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

class KinesisClientsTest {
  private static final KinesisUri URI = KinesisUri.parse("kinesis://eu-west-1/cards");

  @Test
  void everyFailureIsOneLineThatSaysWhatToDo() {
    assertSays(ResourceNotFoundException.builder().message("gone").build(), "does not exist");
    assertSays(answer(400, "UnrecognizedClientException"), "does not accept the credentials");
    assertSays(answer(403, "InvalidSignatureException"), "does not accept the credentials");
    assertSays(answer(400, "AccessDeniedException"), "does not allow this user");
    assertSays(answer(400, "InvalidArgumentException"), "InvalidArgumentException (first line)");
    assertSays(
        SdkClientException.create("no way", new ConnectException("refused")),
        "no Kinesis answers at eu-west-1");
    assertSays(ApiCallTimeoutException.create(1), "no Kinesis answers at eu-west-1");
    assertSays(
        SdkClientException.create("Unable to load credentials from any of the providers\nmore"),
        "there are no AWS credentials");
    assertSays(SdkClientException.create("cannot read\nthe answer"), "failed: cannot read");
  }

  private static void assertSays(SdkException failure, String what) {
    String message = KinesisClients.failure(URI, failure).getMessage();
    assertThat(message, containsString(what));
    assertThat(message, not(containsString("\n")));
  }

  @Test
  void onlyWhatMayPassIsAskedAgain() {
    assertThat(KinesisClients.isTransient(answer(500, "InternalFailure")), is(true));
    assertThat(KinesisClients.isTransient(answer(400, "ThrottlingException")), is(true));
    assertThat(
        KinesisClients.isTransient(ProvisionedThroughputExceededException.builder().build()),
        is(true));
    assertThat(
        KinesisClients.isTransient(
            SdkClientException.create("no way", new ConnectException("refused"))),
        is(true));
    assertThat(KinesisClients.isTransient(ApiCallTimeoutException.create(1)), is(true));
    assertThat(KinesisClients.isTransient(answer(400, "AccessDeniedException")), is(false));
    assertThat(KinesisClients.isTransient(SdkClientException.create("no credentials")), is(false));
    assertThat(KinesisClients.isTransient(AbortedException.create("interrupted")), is(false));
  }

  private static AwsServiceException answer(int status, String code) {
    return KinesisException.builder()
        .statusCode(status)
        .awsErrorDetails(
            AwsErrorDetails.builder().errorCode(code).errorMessage("first line\nsecond").build())
        .build();
  }
}
