package org.kappabeam.transforms.kinesis;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class KinesisSecretsTest {
  @Test
  void keysAreReadFromWhereTheyAreKept(@TempDir Path dir) throws IOException {
    Path secret = Files.writeString(dir.resolve("secret"), "hush\n");
    Path token = Files.writeString(dir.resolve("token"), "ticket");
    Map<String, String> properties =
        KinesisSecrets.check(
            Map.of(
                "aws.accessKeyId", "${env:PATH}",
                "aws.secretAccessKey", "${file:" + secret + "}",
                "aws.sessionToken", "${file:" + token + "}"));
    AwsCredentials credentials = KinesisSecrets.provider(properties).resolveCredentials();
    assertThat(credentials.accessKeyId(), is(System.getenv("PATH")));
    assertThat(credentials.secretAccessKey(), is("hush"));
    assertThat(((AwsSessionCredentials) credentials).sessionToken(), is("ticket"));
  }

  @Test
  void aSecretItselfIsRefusedAndNotRepeated() {
    KappaException failure =
        refusal(Map.of("aws.accessKeyId", "${env:A}", "aws.secretAccessKey", "wJalrXUtnFEMI"));
    assertThat(failure.getMessage(), containsString("aws.secretAccessKey"));
    assertThat(failure.getMessage(), not(containsString("wJalrXUtnFEMI")));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    refusal(Map.of("aws.accessKeyId", "${env:A}"));
    refusal(Map.of("aws.secretAccessKey", "${env:A}"));
    refusal(Map.of("aws.sessionToken", "${env:A}"));
    assertThat(refusal(Map.of("region", "us-east-1")).getMessage(), containsString("'region'"));
  }

  @Test
  void aReferenceThatLeadsNowhereIsNamed(@TempDir Path dir) {
    Map<String, String> environment =
        Map.of("aws.accessKeyId", "${env:NO_SUCH_1}", "aws.secretAccessKey", "${env:NO_SUCH_2}");
    assertThat(
        assertThrows(KappaException.class, () -> KinesisSecrets.provider(environment)).getMessage(),
        containsString("NO_SUCH_1"));
    String file = "${file:" + dir.resolve("none") + "}";
    assertThrows(
        KappaException.class,
        () ->
            KinesisSecrets.provider(Map.of("aws.accessKeyId", file, "aws.secretAccessKey", file)));
  }

  private static KappaException refusal(Map<String, String> properties) {
    return assertThrows(KappaException.class, () -> KinesisSecrets.check(properties));
  }
}
