package org.kappabeam.transforms.registry;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.event.LogFormat;
import org.kappabeam.coders.fraud.Transaction;
import org.kappabeam.coders.fraud.TransactionType;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.log.LogBatchCoder;
import org.kappabeam.coders.log.LogPosition;
import org.kappabeam.coders.log.LogRecord;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.decode.TimeRule;

/**
 * A message whose schema the registry does not have is refused; one it is not asked about is not.
 */
class DecodeWithRegistryTest {
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private static PCollectionTuple decode(Pipeline pipeline, DecodeLog decode) {
    LogRecord record =
        LogRecord.of(
            LogPosition.of("log-0", 0), 0, null, new byte[] {0, 0, 0, 0, 9, 2, 2}, List.of());
    return pipeline
        .apply(Create.of(LogBatch.of(List.of(record))).withCoder(LogBatchCoder.of()))
        .apply(decode);
  }

  private static DecodeLog decodeLog(ScriptedRegistry registry) {
    return DecodeLog.of(
            List.of(Route.of(TransactionType.of(), Transaction::customerId)),
            TimeRule.of(Duration.ZERO, Duration.ZERO),
            1_000,
            1)
        .reading(LogFormat.of(null, null, SchemaRegistry.at(registry.url(), Map.of(), PATIENCE)));
  }

  @Test
  void anUnknownSchemaIsADeadLetter() throws IOException {
    try (ScriptedRegistry registry = new ScriptedRegistry()) {
      registry.then(404, "{\"error_code\":40403}");
      DecodeLog decode = decodeLog(registry);
      Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
      PAssert.that(
              decode(pipeline, decode)
                  .get(decode.deadLetters())
                  .apply(
                      MapElements.into(TypeDescriptors.strings())
                          .via(letter -> letter.reason() + " " + letter.detail())))
          .containsInAnyOrder("UNKNOWN_SCHEMA the registry has no schema with the id 9");
      pipeline.run().waitUntilFinish();
    }
  }

  @Test
  void aRegistryThatDoesNotAnswerFailsTheBundleWithOneLine() throws IOException {
    ScriptedRegistry registry = new ScriptedRegistry();
    registry.close();
    Pipeline pipeline = TestPipeline.create().enableAbandonedNodeEnforcement(false);
    decode(pipeline, decodeLog(registry));
    Pipeline.PipelineExecutionException e =
        assertThrows(
            Pipeline.PipelineExecutionException.class, () -> pipeline.run().waitUntilFinish());
    assertThat(
        e.getCause().getMessage(),
        containsString("the schema registry at " + registry.url() + " does not answer"));
  }
}
