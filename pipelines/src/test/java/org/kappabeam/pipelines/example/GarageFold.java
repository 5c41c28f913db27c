package org.kappabeam.pipelines.example;

import java.time.Duration;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewRowCoder;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.transforms.fold.EventFold;
import org.kappabeam.transforms.fold.History;
import org.kappabeam.transforms.fold.Series;

/** Per passage: how many cars are in the garage then, and how busy the gate is. */
final class GarageFold extends EventFold<Passage, ViewRow> {
  static final ViewSchema VIEW =
      ViewSchema.named("garage_load", "passage_id")
          .column("garage_id", ColumnType.TEXT)
          .column("event_time", ColumnType.TIMESTAMP)
          .column("cars_inside", ColumnType.LONG)
          .column("passages_1h", ColumnType.LONG)
          .build();

  private static final int PASSAGES = 0;
  private static final Duration HOUR = Duration.ofHours(1);

  /** The longest a car may stay. */
  private static final Duration WEEK = Duration.ofDays(7);

  GarageFold() {
    super(PassageType.of());
  }

  @Override
  public Coder<ViewRow> rowCoder() {
    return ViewRowCoder.of();
  }

  @Override
  public List<Series> series() {
    return List.of(Series.rawRows("passages", Duration.ZERO, WEEK));
  }

  @Override
  public String key(Passage passage) {
    return passage.garageId();
  }

  @Override
  public long measure(Passage passage) {
    return passage.change();
  }

  @Override
  public ViewRow row(Passage passage, History history, long evidence) {
    return ViewRow.of(
        passage.id(),
        evidence,
        passage.garageId(),
        passage.eventTime() * 1_000,
        history.sum(PASSAGES, WEEK.toMillis(), 0),
        history.count(PASSAGES, HOUR.toMillis(), 0));
  }
}
