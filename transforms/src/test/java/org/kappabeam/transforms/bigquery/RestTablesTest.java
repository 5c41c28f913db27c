package org.kappabeam.transforms.bigquery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import com.google.api.client.json.Json;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.api.client.testing.http.MockLowLevelHttpRequest;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.Test;
import org.kappabeam.transforms.view.KeyRange;

/** What is asked of the service, whose answers are made up as Google documents them. */
class RestTablesTest {
  private static final TableReference TABLE =
      new TableReference().setProjectId("p").setDatasetId("d").setTableId("small__g1");

  private final Deque<MockLowLevelHttpResponse> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private final List<MockLowLevelHttpRequest> requests = new ArrayList<>();

  private final RestTables tables =
      new RestTables(
          new Bigquery.Builder(
                  new MockHttpTransport() {
                    @Override
                    public LowLevelHttpRequest buildRequest(String method, String url) {
                      asked.add(method + " " + url.replaceFirst("https://[^/]*/bigquery/v2", ""));
                      MockLowLevelHttpRequest request =
                          new MockLowLevelHttpRequest(url) {
                            @Override
                            public LowLevelHttpResponse execute() {
                              return answers.remove();
                            }
                          };
                      requests.add(request);
                      return request;
                    }
                  },
                  Transport.getJsonFactory(),
                  null)
              .setApplicationName("test")
              .build());

  private void answer(int status, String json) {
    answers.add(
        new MockLowLevelHttpResponse()
            .setStatusCode(status)
            .setContentType(Json.MEDIA_TYPE)
            .setContent(json));
  }

  private String sent(int request) throws IOException {
    return requests.get(request).getContentAsString();
  }

  @Test
  void aTableThatIsNotThereIsNull() throws IOException {
    answer(404, "{}");
    assertThat(tables.get(TABLE), is(nullValue()));
    answer(200, "{\"etag\": \"e\"}");
    assertThat(tables.get(TABLE).getEtag(), is("e"));
    assertThat(asked.get(0), containsString("GET /projects/p/datasets/d/tables/small__g1"));
    answer(403, "{}");
    assertThrows(GoogleJsonResponseException.class, () -> tables.get(TABLE));
  }

  @Test
  void creationSaysWhetherItWasTheFirst() throws IOException {
    answer(200, "{}");
    assertThat(tables.create(new Table().setTableReference(TABLE)), is(true));
    answer(409, "{}");
    assertThat(tables.create(new Table().setTableReference(TABLE)), is(false));
    answer(500, "{}");
    assertThrows(
        GoogleJsonResponseException.class,
        () -> tables.create(new Table().setTableReference(TABLE)));
  }

  @Test
  void aDefinitionChangesOnlyFromTheOneThatWasRead() throws IOException {
    answer(200, "{}");
    assertThat(tables.update(TABLE, "seen", new Table().setDescription("new")), is(true));
    assertThat(asked.get(0), containsString("/projects/p/datasets/d/tables/small__g1"));
    assertThat(requests.get(0).getFirstHeaderValue("if-match"), is("seen"));
    assertThat(sent(0), is("{\"description\":\"new\"}"));
    answer(412, "{}");
    assertThat(tables.update(TABLE, "seen", new Table()), is(false));
  }

  @Test
  void aTableThatIsGoneNeedsNoDeleting() throws IOException {
    answer(404, "{}");
    tables.delete(TABLE);
    assertThat(asked.get(0), containsString("DELETE /projects/p/datasets/d/tables/small__g1"));
  }

  @Test
  void namesComePageByPage() throws IOException {
    answer(
        200,
        "{\"tables\": [{\"tableReference\": {\"tableId\": \"a\"}}], \"nextPageToken\": \"n\"}");
    answer(200, "{\"tables\": [{\"tableReference\": {\"tableId\": \"b\"}}]}");
    assertThat(tables.names("p", "d"), contains("a", "b"));
    assertThat(asked.get(1), containsString("pageToken=n"));
  }

  @Test
  void rowsComeWhenTheQueryHasEndedAndPageByPage() throws IOException {
    String job = "\"jobReference\": {\"projectId\": \"p\", \"jobId\": \"j\", \"location\": \"EU\"}";
    answer(200, "{\"jobComplete\": false, " + job + "}");
    answer(
        200,
        "{\"jobComplete\": true, \"pageToken\": \"n\", "
            + job
            + ", \"rows\": [{\"f\": [{\"v\": \"a\"}, {\"v\": null}]}]}");
    answer(
        200,
        "{\"jobComplete\": true, "
            + job
            + ", \"rows\": [{\"f\": [{\"v\": \"b\"}, {\"v\": \"7\"}]}]}");
    List<List<@Nullable String>> rows = new ArrayList<>();
    tables.select(TABLE, List.of("id", "amount"), KeyRange.of("a'", null), false, rows::add);
    assertThat(rows, contains(Arrays.asList("a", null), List.of("b", "7")));
    assertThat(
        sent(0),
        containsString(
            "SELECT `id`, `amount` FROM `p.d.small__g1`"
                + " WHERE `id` >= @from AND NOT withdrawn ORDER BY `id`"));
    assertThat(sent(0), containsString("\"parameterValue\":{\"value\":\"a'\"}"));
    assertThat(sent(0), containsString("\"formatOptions\":{\"useInt64Timestamp\":true}"));
    assertThat(sent(0), containsString("\"useLegacySql\":false"));
    assertThat(asked.get(1), containsString("GET /projects/p/queries/j?"));
    assertThat(asked.get(1), containsString("location=EU"));
    assertThat(asked.get(2), containsString("formatOptions.useInt64Timestamp=true"));
    assertThat(asked.get(2), containsString("pageToken=n"));
  }

  @Test
  void countsAndCutsAreQueries() throws IOException {
    String done = "{\"jobComplete\": true, \"rows\": [%s]}";
    answer(200, done.formatted("{\"f\": [{\"v\": \"12\"}]}"));
    assertThat(tables.count(TABLE), is(12L));
    assertThat(sent(0), containsString("SELECT COUNT(*) FROM `p.d.small__g1` WHERE NOT withdrawn"));
    answer(200, done.formatted("{\"f\": [{\"v\": \"a\"}]}, {\"f\": [{\"v\": \"z\"}]}"));
    assertThat(tables.quantiles(TABLE, "id", 1), contains("a", "z"));
    assertThat(sent(1), containsString("APPROX_QUANTILES(`id`, 1)"));
  }
}
