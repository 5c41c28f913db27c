package org.kappabeam.transforms.registry;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * A web server that gives the answers it was told to: for failures that a real one cannot be made
 * to show.
 */
final class ScriptedRegistry implements AutoCloseable {
  private final HttpServer server;
  private final String scheme;
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> requests = new ArrayList<>();

  private record Answer(int status, String body, Map<String, String> headers) {}

  ScriptedRegistry() throws IOException {
    this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
  }

  /** One that speaks TLS. */
  ScriptedRegistry(SSLContext tls) throws IOException {
    this(secure(tls), "https");
  }

  private static HttpServer secure(SSLContext tls) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return server;
  }

  private ScriptedRegistry(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext(
        "/",
        exchange -> {
          Answer answer;
          synchronized (answers) {
            requests.add(
                exchange.getRequestURI().getRawPath()
                    + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            answer = answers.size() > 1 ? answers.remove() : answers.element();
          }
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          answer.headers().forEach(exchange.getResponseHeaders()::set);
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /** The next answer; the last one is given for ever. */
  ScriptedRegistry then(int status, String body) {
    return then(status, body, Map.of());
  }

  ScriptedRegistry then(int status, String body, Map<String, String> headers) {
    synchronized (answers) {
      answers.add(new Answer(status, body, headers));
    }
    return this;
  }

  /** Path and credentials of each request. */
  List<String> requests() {
    synchronized (answers) {
      return List.copyOf(requests);
    }
  }

  String url() {
    return scheme + "://localhost:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
