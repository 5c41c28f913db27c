package org.kappabeam.transforms.view;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

/** Writes a view over and over in a process of its own, which is killed in the middle of it. */
final class KilledWriter {
  static final ViewSchema SCHEMA =
      ViewSchema.named("killed", "id")
          .column("amount", ColumnType.LONG)
          .column("note", ColumnType.TEXT)
          .build();

  private static final String READY = "has written some";
  private static final int BATCHES = 20;
  private static final int ROWS = 200;

  private KilledWriter() {}

  /** Everything the writer writes: each key in two batches, the second with more evidence. */
  static List<List<ViewRow>> batches() {
    List<List<ViewRow>> batches = new ArrayList<>();
    for (long batch = 0; batch < BATCHES; batch++) {
      List<ViewRow> rows = new ArrayList<>();
      for (int i = 0; i < ROWS; i++) {
        String key = "k" + batch / 2 + "-" + i;
        rows.add(ViewRow.of(key, 1 + batch % 2, batch, "batch " + batch));
      }
      batches.add(rows);
    }
    return batches;
  }

  /** Runs the writer until it has written some, and kills it. */
  static void runAndKill(Views views) throws IOException, InterruptedException {
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                views.uri())
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader output = writer.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.equals(READY)) {
        said.append(line).append('\n');
        line = output.readLine();
      }
      if (line == null) {
        throw new AssertionError("the writer ended too early: " + said);
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  public static void main(String[] args) {
    try (ViewStore store = Views.at(args[0], 1).open()) {
      store.create(SCHEMA);
      List<List<ViewRow>> batches = batches();
      // The last ones are never written: they are what the second run has to add.
      for (long i = 0; i < Long.MAX_VALUE; i++) {
        store.upsert(SCHEMA, batches.get((int) (i % (BATCHES - 3))));
        if (i == 5) {
          System.out.println(READY);
          System.out.flush();
        }
      }
    }
  }
}
