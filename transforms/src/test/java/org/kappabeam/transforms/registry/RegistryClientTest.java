package org.kappabeam.transforms.registry;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;

class RegistryClientTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final String STRING = "{\"schema\":\"\\\"string\\\"\"}";
  private static final RegisteredSchema SCHEMA =
      RegisteredSchema.of(Language.AVRO, "\"string\"", List.of());

  @TempDir Path dir;

  private static RegistryClient client(ScriptedRegistry registry) {
    return new RegistryClient(registry.url(), Map.of(), Map.of(), PATIENCE);
  }

  private static String failure(ScriptedRegistry registry) {
    KappaException e = assertThrows(KappaException.class, () -> client(registry).schema(1));
    assertThat(e.getMessage().lines().count(), is(1L));
    return e.getMessage();
  }

  @Test
  void aFailureThatPassesIsSurvived() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(503, "").then(200, STRING);
      assertThat(client(registry).schema(1), is(SCHEMA));
      assertThat(registry.requests().size(), is(2));
    }
  }

  @Test
  void onlyTheRegistryItselfCanSayThatASchemaIsNotThere() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
      assertThat(client(registry).schema(1), is(nullValue()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "500|{}|fails with status 500, asked for 0 s: start it",
        "429|{}|fails with status 429",
        "401|{}|does not accept the credentials (401): check basic.auth.user.info",
        "403|{}|does not accept the credentials (403)",
        "404|<html>|no schema registry with Confluent's API",
        "404|{\"error_code\":404}|it answers /schemas/ids/1 with status 404",
        "302|{}|it answers /schemas/ids/1 with status 302",
        "200|<html>|no schema registry with Confluent's API",
        "200|{\"schemaType\":\"XML\",\"schema\":\"a\"}|no schema in Avro, Protobuf or JSON Schema",
        "200|{\"schemaType\":\"AVRO\"}|no schema in Avro, Protobuf or JSON Schema",
        "422|{\"message\":\"bad\"}|refuses /schemas/ids/1 (422, bad)",
      })
  void everythingElseIsOneLineThatSaysWhatToDo(int status, String body, String says)
      throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(status, body);
      assertThat(failure(registry), containsString(says));
    }
  }

  @Test
  void aRegistryThatIsNotThereIsOneLine() throws IOException {
    ScriptedRegistry registry = new ScriptedRegistry();
    registry.close();
    assertThat(
        failure(registry), containsString("does not answer (ConnectException), asked for 0 s"));
  }

  @Test
  void anAnswerWithoutEndIsNotTaken() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(200, "[" + " ".repeat(5 << 20) + "]");
      assertThat(failure(registry), containsString("does not answer (UncheckedIOException)"));
    }
  }

  @Test
  void credentialsWithLineBreaksAreNotRepeated() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      RegistryClient client =
          new RegistryClient(
              registry.url(),
              Map.of(RegistrySettings.BEARER, "${env:TOKEN}"),
              Map.of("TOKEN", "sec\nret"),
              PATIENCE);
      KappaException e = assertThrows(KappaException.class, () -> client.schema(1));
      assertThat(e.getMessage(), allOf(containsString("line breaks"), not(containsString("sec"))));
      assertThat(e.getCause(), is(nullValue()));
    }
  }

  @Test
  void aTokenInAFileMayBeReplaced() throws IOException {
    Path token = Files.writeString(dir.resolve("rotating"), "one");
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(200, STRING);
      RegistryClient client =
          new RegistryClient(
              registry.url(),
              Map.of(RegistrySettings.BEARER, "${file:" + token + "}"),
              Map.of(),
              PATIENCE);
      client.schema(1);
      Files.writeString(token, "two");
      client.schema(1);
      assertThat(
          registry.requests(),
          is(List.of("/schemas/ids/1 Bearer one", "/schemas/ids/1 Bearer two")));
    }
  }

  @Test
  void referencesThatLeadInCirclesEnd() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(
          200,
          "{\"id\":1,\"schema\":\"a\",\"references\":[{\"name\":\"a\",\"subject\":\"a\",\"version\":1}]}");
      assertThat(failure(registry), containsString("more than 100 references"));
    }
  }

  @Test
  void credentialsGoToTheRegistryAlone() throws IOException {
    Path token = Files.writeString(dir.resolve("token"), "top secret\n");
    try (ScriptedRegistry registry = new ScriptedRegistry();
        ScriptedRegistry thief = new ScriptedRegistry()) {
      thief.then(200, STRING);
      registry
          .then(200, STRING)
          .then(200, STRING)
          .then(302, "", Map.of("Location", thief.url() + "/schemas/ids/1"));
      RegistryClient basic =
          new RegistryClient(
              registry.url(),
              Map.of(RegistrySettings.BASIC, "me:${env:PASSWORD}"),
              Map.of("PASSWORD", "pass$1"),
              PATIENCE);
      RegistryClient bearer =
          new RegistryClient(
              registry.url(),
              Map.of(RegistrySettings.BEARER, "${file:" + token + "}"),
              Map.of(),
              PATIENCE);
      assertThat(basic.schema(1), is(SCHEMA));
      assertThat(bearer.schema(1), is(SCHEMA));
      assertThrows(KappaException.class, () -> bearer.schema(1));
      assertThat(
          registry.requests(),
          is(
              List.of(
                  "/schemas/ids/1 Basic bWU6cGFzcyQx",
                  "/schemas/ids/1 Bearer top secret",
                  "/schemas/ids/1 Bearer top secret")));
      assertThat(thief.requests(), is(List.of()));
    }
  }

  @Test
  void subjectsMayHaveAnyName() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(200, "[2,1]");
      assertThat(client(registry).versions("a/b c?d"), is(List.of(1, 2)));
      assertThat(registry.requests(), is(List.of("/subjects/a%2Fb%20c%3Fd/versions null")));
    }
  }

  @Test
  void theCertificateIsChecked() throws Exception {
    Path store = dir.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor(), is(0));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    char[] password = "changeit".toCharArray();
    keys.init(KeyStore.getInstance(store.toFile(), password), password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    try (ScriptedRegistry registry = new ScriptedRegistry(tls)) {
      registry.then(200, STRING);
      assertThat(failure(registry), containsString("does not answer (SSLHandshakeException"));
      Map<String, String> settings =
          Map.of(
              RegistrySettings.TRUST_STORE,
              store.toString(),
              RegistrySettings.TRUST_PASSWORD,
              "${env:STORE}",
              RegistrySettings.KEY_STORE,
              store.toString(),
              RegistrySettings.KEY_PASSWORD,
              "${env:STORE}");
      RegistryClient trusting =
          new RegistryClient(registry.url(), settings, Map.of("STORE", "changeit"), PATIENCE);
      assertThat(trusting.schema(1), is(SCHEMA));
      KappaException wrong =
          assertThrows(
              KappaException.class,
              () ->
                  new RegistryClient(registry.url(), settings, Map.of("STORE", "guess"), PATIENCE));
      assertThat(
          wrong.getMessage(), allOf(containsString("TLS stores"), not(containsString("guess"))));
    }
  }

  @Test
  void settingsAreReadAndSecretsStayReferences() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("registry.properties"), "basic.auth.user.info=me:${env:PASSWORD}\n");
    SchemaRegistry registry = SchemaRegistry.at("https://host:8081/", file.toString());
    assertThat(registry.settings(), is(Map.of("basic.auth.user.info", "me:${env:PASSWORD}")));
    assertThat(registry.url(), is("https://host:8081"));
    assertThat(SerializableUtils.clone(registry), is(registry));
  }

  @ParameterizedTest
  @CsvSource({
    "basic.auth.user.info=me:geheim, basic.auth.user.info holds a secret",
    "bearer.auth.token=geheim, bearer.auth.token holds a secret",
    "ssl.truststore.password=geheim, ssl.truststore.password holds a secret",
    "basic.auth=geheim, there is no setting basic.auth: use basic.auth.user.info",
  })
  void otherSettingsAreRefusedWithoutRepeatingThem(String line, String says) throws IOException {
    String file = Files.writeString(dir.resolve("p"), line).toString();
    KappaException e = assertThrows(KappaException.class, () -> RegistrySettings.load(file));
    assertThat(e.getMessage(), allOf(containsString(says), not(containsString("geheim"))));
  }

  @Test
  void referencesThatLeadNowhereAreNamed() {
    KappaException env =
        assertThrows(
            KappaException.class, () -> RegistrySettings.resolve("x", "a:${env:NO}", Map.of()));
    assertThat(env.getMessage(), containsString("x refers to the environment variable NO"));
    KappaException file =
        assertThrows(
            KappaException.class, () -> RegistrySettings.resolve("x", "${file:/no}", Map.of()));
    assertThat(file.getMessage(), containsString("x refers to the file /no"));
    KappaException missing =
        assertThrows(KappaException.class, () -> RegistrySettings.load("no-such-file"));
    assertThat(missing.getMessage(), containsString("cannot read --schemaRegistryProperties="));
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://host, is no address",
    "host:8081, is no address",
    "http://, URL is none",
    "https://me:secret@host, holds a user",
    "https://host/?token=secret, holds a user",
  })
  void otherAddressesAreRefused(String url, String says) {
    KappaException e = assertThrows(KappaException.class, () -> SchemaRegistry.at(url, null));
    assertThat(e.getMessage(), allOf(containsString(says), not(containsString("secret"))));
  }

  @Test
  void theLastPartOfALogsUriNamesItsSchemas() {
    assertThat(SchemaRegistry.topic("kafka://a:1,b:2/payments"), is("payments"));
    assertThat(SchemaRegistry.topic("archive:///data/payments/?x=/y"), is("payments"));
    assertThat(SchemaRegistry.topic("payments").length(), greaterThan(0));
  }
}
