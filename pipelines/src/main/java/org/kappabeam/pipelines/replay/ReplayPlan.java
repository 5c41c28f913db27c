package org.kappabeam.pipelines.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.kappabeam.coders.KappaException;
import org.kappabeam.coders.log.Slice;
import org.kappabeam.transforms.deadletter.Repair;

/**
 * The manifest of one replay: everything that decides its result, pinned. Same inputs, same plan:
 * it holds no time of making and no chance.
 *
 * @param format {@link #FORMAT}
 * @param version of the format, {@link #VERSION}
 * @param pilot whose views are built
 * @param pipeline the version of the program that is to build them
 * @param log where the records come from
 * @param view the store
 * @param generation that is built
 * @param from as it was asked for; the positions in {@code slice} are what counts
 * @param until as it was asked for
 * @param slice the positions to read
 * @param options the pipeline's options that decide results, with the registry's schemas as they
 *     were
 * @param views the columns of each view, each with its type
 * @param repairs of refused records, in the order of their positions
 * @param estimate for people; no part of the plan's identity
 */
@JsonPropertyOrder({
  "format",
  "version",
  "pilot",
  "pipeline",
  "log",
  "view",
  "generation",
  "from",
  "until",
  "slice",
  "options",
  "views",
  "repairs",
  "estimate"
})
public record ReplayPlan(
    String format,
    int version,
    String pilot,
    String pipeline,
    String log,
    String view,
    int generation,
    String from,
    String until,
    List<Range> slice,
    Map<String, String> options,
    Map<String, List<String>> views,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Repair> repairs,
    Estimate estimate) {

  static final String FORMAT = "kappa-plan";
  static final int VERSION = 1;

  /** A plan without repairs does not mention them. */
  public ReplayPlan {
    repairs = Objects.requireNonNullElse(repairs, List.of());
  }

  /**
   * What is read of one partition.
   *
   * @param from the first offset
   * @param until the offset behind the last
   * @param fromPosition the first position, in the log's own words, where positions are no numbers
   * @param untilPosition the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"partition", "from", "until", "fromPosition", "untilPosition"})
  public record Range(
      String partition,
      long from,
      long until,
      @Nullable String fromPosition,
      @Nullable String untilPosition) {

    static Range of(Slice.Range range) {
      return new Range(
          range.partition(), range.from(), range.until(), range.fromText(), range.untilText());
    }

    Slice.Range toSlice() {
      return fromPosition == null
          ? Slice.Range.of(partition, from, until)
          : Slice.Range.ofText(partition, fromPosition, untilPosition);
    }

    /** The range from the same position without an end. */
    Slice.Range open() {
      return fromPosition == null
          ? Slice.Range.of(partition, from, Slice.Range.OPEN)
          : Slice.Range.ofText(partition, fromPosition, null);
    }
  }

  /**
   * What to expect.
   *
   * @param records at most; -1 if the log does not count
   * @param bytes of keys and values, about; -1 if the log does not tell
   * @param recordsPerSecond the pace that {@code seconds} is for
   * @param seconds at that pace; -1 if unknown
   */
  @JsonPropertyOrder({"records", "bytes", "recordsPerSecond", "seconds"})
  public record Estimate(long records, long bytes, long recordsPerSecond, long seconds) {}

  /** What is read, pinned. */
  public Slice pinnedSlice() {
    return Slice.of(slice.stream().map(Range::toSlice).toList());
  }

  /** The same from the beginning, going on as the log grows. */
  public Slice openSlice() {
    return Slice.of(slice.stream().map(Range::open).toList());
  }

  /** Names the plan by its content, without the estimate: 16 hexadecimal digits. */
  public String id() {
    ReplayPlan bare =
        new ReplayPlan(
            format,
            version,
            pilot,
            pipeline,
            log,
            view,
            generation,
            from,
            until,
            slice,
            options,
            views,
            repairs,
            new Estimate(0, 0, 0, 0));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(Json.write(bare).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The plan as a readable file. */
  public String toJson() {
    return Json.write(this) + "\n";
  }

  /**
   * Reads a plan.
   *
   * @param source for messages
   * @throws KappaException if the text is none, or of a version this program does not know
   */
  public static ReplayPlan parse(String source, String json) {
    ReplayPlan plan = Json.read(source, json, ReplayPlan.class);
    if (!FORMAT.equals(plan.format)) {
      throw new KappaException(source + " is no plan", "write one with kappa plan");
    }
    if (plan.version != VERSION) {
      throw new KappaException(
          source + " is a plan of format " + plan.version + ", this program reads " + VERSION,
          "plan again with this program");
    }
    if (!plan.isWhole()) {
      throw new KappaException(
          source + " lacks a part of a plan", "take the file as kappa plan wrote it");
    }
    return plan;
  }

  private boolean isWhole() {
    return Stream.of(pilot, pipeline, log, view, from, until, slice, options, views, estimate)
            .allMatch(Objects::nonNull)
        && generation > 0
        && slice.stream().allMatch(range -> range != null && range.partition() != null);
  }
}
