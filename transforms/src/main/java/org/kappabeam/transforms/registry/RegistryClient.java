package org.kappabeam.transforms.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.schema.RegisteredSchema;
import org.kappabeam.coders.schema.RegisteredSchema.Language;

/** Confluent's REST API, as far as it is needed here. Asks as often as it is told to: no cache. */
final class RegistryClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int MAX_ANSWER_BYTES = 4 << 20;
  private static final int MAX_REFERENCES = 100;
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Set<Integer> NOT_FOUND = Set.of(40_401, 40_402, 40_403);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String url;
  private final Map<String, String> settings;
  private final Map<String, String> environment;
  private final HttpClient http;
  private final Duration patience;

  /**
   * @param url of the API, without a slash at the end
   * @param patience how long a registry that does not answer is asked again
   */
  RegistryClient(
      String url,
      Map<String, String> settings,
      Map<String, String> environment,
      Duration patience) {
    this.url = url;
    this.settings = settings;
    this.environment = environment;
    this.patience = patience;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            // Credentials go to the registry that was named, and nowhere else.
            .followRedirects(HttpClient.Redirect.NEVER);
    RegistryTls.context(settings, environment).ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /** Resolved for each request: tokens in files are replaced while a job runs. */
  private @Nullable String authorization() {
    String basic = settings.get(RegistrySettings.BASIC);
    if (basic != null) {
      String user = RegistrySettings.resolve(RegistrySettings.BASIC, basic, environment);
      return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    }
    String bearer = settings.get(RegistrySettings.BEARER);
    return bearer == null
        ? null
        : "Bearer " + RegistrySettings.resolve(RegistrySettings.BEARER, bearer, environment);
  }

  /** The schema with this id, or null if there is none. */
  @Nullable RegisteredSchema schema(int id) {
    JsonNode answer = get("/schemas/ids/" + id);
    return answer == null ? null : schema(answer);
  }

  /** The versions of a subject, ascending; empty if there is no such subject. */
  List<Integer> versions(String subject) {
    JsonNode answer = get("/subjects/" + encode(subject) + "/versions");
    List<Integer> versions = new ArrayList<>();
    if (answer != null) {
      answer.forEach(version -> versions.add(version.asInt()));
    }
    return versions.stream().sorted().toList();
  }

  /** The id of one version of a subject. */
  int id(String subject, int version) {
    return version(subject, version).path("id").asInt();
  }

  /** Registers a schema, unless it is there, and tells its id. */
  int register(String subject, Language language, String schema) {
    ObjectNode body = JSON.createObjectNode().put("schema", schema);
    if (language != Language.AVRO) {
      body.put("schemaType", language.name());
    }
    JsonNode answer =
        send(
            request("/subjects/" + encode(subject) + "/versions")
                .header("Content-Type", MEDIA_TYPE)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    if (answer == null || !answer.path("id").isInt()) {
      throw strange("it registered a schema of " + subject + " and did not tell its id");
    }
    return answer.path("id").intValue();
  }

  private JsonNode version(String subject, int version) {
    JsonNode answer = get("/subjects/" + encode(subject) + "/versions/" + version);
    if (answer == null || !answer.path("id").isInt()) {
      throw strange("it has no version " + version + " of the subject " + subject);
    }
    return answer;
  }

  private RegisteredSchema schema(JsonNode answer) {
    // Avro is the default and often not said.
    String type = answer.path("schemaType").asText("AVRO");
    if (!answer.path("schema").isTextual() || !Set.of("AVRO", "PROTOBUF", "JSON").contains(type)) {
      throw strange("an answer holds no schema in Avro, Protobuf or JSON Schema");
    }
    Set<String> references = new LinkedHashSet<>();
    collect(answer.path("references"), references, 0);
    return RegisteredSchema.of(
        Language.valueOf(type), answer.path("schema").asText(), List.copyOf(references));
  }

  /** The texts of all references, each behind those it refers to. */
  private void collect(JsonNode references, Set<String> texts, int depth) {
    for (JsonNode reference : references) {
      if (depth > MAX_REFERENCES || texts.size() > MAX_REFERENCES) {
        throw strange("a schema has more than " + MAX_REFERENCES + " references");
      }
      JsonNode target =
          version(reference.path("subject").asText(), reference.path("version").asInt());
      collect(target.path("references"), texts, depth + 1);
      texts.add(target.path("schema").asText());
    }
  }

  private static String encode(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", MEDIA_TYPE + ", application/json");
    String authorization = authorization();
    try {
      return authorization == null ? request : request.header("Authorization", authorization);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message repeats the secret.
      throw new KappaException(
          "the credentials for the schema registry hold characters that no header may have",
          "look for line breaks in what basic.auth.user.info or bearer.auth.token refers to");
    }
  }

  private @Nullable JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  /**
   * Asks until there is an answer or patience ends.
   *
   * @return null if the registry says that what was asked for does not exist
   */
  private @Nullable JsonNode send(HttpRequest request) {
    long start = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      String problem;
      Throwable cause = null;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      try {
        int status = exchange(request, body);
        if (status < 500 && status != 429) {
          return answer(request, status, body.toString(StandardCharsets.UTF_8));
        }
        problem = "fails with status " + status;
      } catch (ExecutionException e) {
        cause = e.getCause();
        problem =
            "does not answer (" + (cause == null ? e : cause).getClass().getSimpleName() + ")";
      } catch (TimeoutException e) {
        problem = "gives no whole answer within " + ANSWER_TIMEOUT.toSeconds() + " s";
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
      long waited = System.nanoTime() - start;
      if (waited + pause.toNanos() > patience.toNanos()) {
        String what =
            "the schema registry at %s %s, asked for %d s"
                .formatted(url, problem, TimeUnit.NANOSECONDS.toSeconds(waited));
        String remedy = "start it, or correct --schemaRegistryUrl or the TLS settings";
        throw cause == null
            ? new KappaException(what, remedy)
            : new KappaException(what, remedy, cause);
      }
      sleep(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
  }

  /** One request and its answer, bounded in size and, to the last byte, in time. */
  private int exchange(HttpRequest request, ByteArrayOutputStream body)
      throws ExecutionException, TimeoutException, InterruptedException {
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.ofByteArrayConsumer(
                part -> part.ifPresent(bytes -> append(bytes, body))));
    try {
      return answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } finally {
      answer.cancel(true);
    }
  }

  private static void append(byte[] bytes, ByteArrayOutputStream body) {
    if (body.size() + bytes.length > MAX_ANSWER_BYTES) {
      throw new UncheckedIOException(
          new IOException("an answer of more than " + MAX_ANSWER_BYTES + " bytes"));
    }
    body.writeBytes(bytes);
  }

  private @Nullable JsonNode answer(HttpRequest request, int status, String body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      json = JSON.missingNode();
    }
    if (status == 200 && !json.isMissingNode()) {
      return json;
    }
    // A wrong address answers 404, too: only the registry itself knows these codes.
    if (status == 404 && NOT_FOUND.contains(json.path("error_code").asInt())) {
      return null;
    }
    if (status == 401 || status == 403) {
      throw new KappaException(
          "the schema registry at " + url + " does not accept the credentials (" + status + ")",
          "check basic.auth.user.info or bearer.auth.token in --schemaRegistryProperties");
    }
    if (status == 404 || status == 200 || (status >= 300 && status < 400)) {
      throw strange("it answers " + request.uri().getPath() + " with status " + status);
    }
    String message = json.path("message").asText();
    throw new KappaException(
        "the schema registry at %s refuses %s (%d, %s)"
            .formatted(
                url,
                request.uri().getPath(),
                status,
                message
                    .lines()
                    .findFirst()
                    .map(l -> l.substring(0, Math.min(200, l.length())))
                    .orElse("")),
        "see what its subject holds already");
  }

  private KappaException strange(String what) {
    return new KappaException(
        "there is no schema registry with Confluent's API at " + url + ": " + what,
        "correct --schemaRegistryUrl; Apicurio's ends with /apis/ccompat/v7");
  }

  private static void sleep(Duration pause) {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static KappaException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new KappaException(
        "interrupted while asking the schema registry", "start the job again", e);
  }
}
