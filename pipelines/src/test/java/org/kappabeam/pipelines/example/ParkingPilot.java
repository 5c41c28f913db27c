package org.kappabeam.pipelines.example;

import java.util.List;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.kappabeam.coders.log.LogBatch;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;
import org.kappabeam.pipelines.pilot.KappaOptions;
import org.kappabeam.pipelines.pilot.Pilot;
import org.kappabeam.transforms.decode.DecodeLog;
import org.kappabeam.transforms.decode.Route;
import org.kappabeam.transforms.fold.EventTimeFold;

/** {@code kappa run parking}: how full are the garages of a town? */
public final class ParkingPilot implements Pilot {
  @Override
  public String name() {
    return "parking";
  }

  @Override
  public List<ViewSchema> views() {
    return List.of(GarageFold.VIEW);
  }

  @Override
  public Output build(PCollection<LogBatch> records, KappaOptions options) {
    Route<Passage, Passage> passages = Route.of(PassageType.of(), Passage::garageId);
    DecodeLog decode = Pilot.decode(options, passages);
    PCollectionTuple events = records.apply("Decode", decode);

    EventTimeFold<Passage, ViewRow> byGarage = EventTimeFold.of(new GarageFold());
    PCollectionTuple load = events.get(passages.tag()).apply("By garage", byGarage);

    return new Output(
        List.of(new Rows(GarageFold.VIEW, load.get(byGarage.rows()))),
        PCollectionList.of(events.get(decode.deadLetters()))
            .and(load.get(byGarage.deadLetters()))
            .apply("Refused", Flatten.pCollections()));
  }
}
