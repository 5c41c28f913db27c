package org.kappabeam.runners.dataflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/**
 * Stands where the service's address points, notes what is sent, and answers as little as Beam
 * needs to go on. It proves what is sent; it does not prove that Dataflow would take it.
 */
final class JobRecorder implements AutoCloseable {
  static final String RUNNING_JOB = "2026-01-01_00_00_00-1";
  static final String NEW_JOB = "2026-01-01_00_00_00-2";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<JsonNode> created = new CopyOnWriteArrayList<>();
  private final List<JsonNode> changed = new CopyOnWriteArrayList<>();
  private volatile String state = "JOB_STATE_RUNNING";
  private volatile String runningName = "another";

  private JobRecorder(HttpServer server) {
    this.server = server;
  }

  static JobRecorder start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    JobRecorder recorder = new JobRecorder(server);
    server.createContext("/", recorder::answer);
    server.start();
    return recorder;
  }

  /** For {@code --dataflowEndpoint}. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** Requests to create or replace a job. */
  List<JsonNode> created() {
    return created;
  }

  /** Requests to change the state of a job. */
  List<JsonNode> changed() {
    return changed;
  }

  /** The state of every job from now on. */
  void answerState(String newState) {
    state = newState;
  }

  /** The name of the job that is running already. */
  void answerRunning(String name) {
    runningName = name;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      JsonNode answer =
          switch (exchange.getRequestMethod()) {
            case "POST" -> create(body(exchange));
            case "PUT" -> change(body(exchange));
            default -> {
              if (path.endsWith("/jobs")) {
                yield list();
              }
              yield path.endsWith("/metrics") ? metrics() : job(NEW_JOB);
            }
          };
      byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static JsonNode body(HttpExchange exchange) throws IOException {
    InputStream body = exchange.getRequestBody();
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    return JSON.readTree(zipped ? new GZIPInputStream(body) : body);
  }

  private JsonNode create(JsonNode job) {
    created.add(job);
    return job(NEW_JOB).put("clientRequestId", job.path("clientRequestId").asText());
  }

  private JsonNode change(JsonNode job) {
    changed.add(job);
    state = job.path("requestedState").asText();
    return job(NEW_JOB);
  }

  private JsonNode list() {
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("jobs").add(job(RUNNING_JOB).put("name", runningName));
    return answer;
  }

  private ObjectNode job(String id) {
    return JSON.createObjectNode().put("id", id).put("currentState", state);
  }

  /** 12 records read and folded. */
  private static JsonNode metrics() {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode metrics = answer.putArray("metrics");
    for (String counter : List.of("read", "folded")) {
      for (boolean tentative : List.of(true, false)) {
        ObjectNode metric = metrics.addObject().put("scalar", 12);
        ObjectNode name = metric.putObject("name").put("name", counter).put("origin", "user");
        ObjectNode context = name.putObject("context").put("namespace", "kappa").put("step", "s1");
        if (tentative) {
          context.put("tentative", "true");
        }
      }
    }
    return answer;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
