package org.kappabeam.transforms.view;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kappabeam.coders.view.ColumnType;
import org.kappabeam.coders.view.ViewRow;
import org.kappabeam.coders.view.ViewSchema;

class ViewDigestTest {
  private static final ViewSchema SCHEMA =
      ViewSchema.named("v", "k").column("n", ColumnType.LONG).build();

  @Test
  void theDigestNeverChanges() {
    assertThat(
        ViewDigest.of(ViewContract.rowsOfEveryType(), ViewContract.EVERYTHING),
        is(ViewContract.DIGEST_OF_EVERYTHING));
    assertThat(
        "of nothing, SHA-256 of no bytes",
        ViewDigest.of(List.of(), SCHEMA),
        is("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
  }

  @Test
  void evidenceAndWithdrawnRowsLeaveNoTrace() {
    List<ViewRow> rows = List.of(ViewRow.of("a", 1, 1L), ViewRow.of("c", 1, 2L));
    List<ViewRow> others =
        List.of(ViewRow.of("a", 5, 1L), ViewRow.withdrawn("b", 2, 9L), ViewRow.of("c", 7, 2L));
    assertThat(ViewDigest.of(others, SCHEMA), is(ViewDigest.of(rows, SCHEMA)));
  }

  @Test
  void anyChangeOfABusinessValueShows() {
    List<ViewRow> rows = List.of(ViewRow.of("a", 1, 1L));
    assertThat(
        ViewDigest.of(List.of(ViewRow.of("a", 1, 2L)), SCHEMA),
        is(not(ViewDigest.of(rows, SCHEMA))));
    assertThat(
        ViewDigest.of(List.of(ViewRow.of("a", 1, (Object) null)), SCHEMA),
        is(not(ViewDigest.of(rows, SCHEMA))));
  }

  @Test
  void rowsOutOfOrderAreAnError() {
    List<ViewRow> rows = new ArrayList<>(List.of(ViewRow.of("a", 1, 1L), ViewRow.of("b", 1, 1L)));
    Collections.reverse(rows);
    assertThrows(IllegalArgumentException.class, () -> ViewDigest.of(rows, SCHEMA));
  }
}
