package org.kappabeam.transforms.bigquery;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.view.Views;

class BigQueryAddressTest {
  @Test
  void aUriNamesProjectAndDataset() {
    BigQueryAddress address = BigQueryAddress.parse("bigquery://my-project/fraud_views");
    assertThat(address.project(), is("my-project"));
    assertThat(address.dataset(), is("fraud_views"));
    assertThat(address.partition(), is(BigQueryAddress.Partition.DAY));
    assertThat(address.table("alerts").getTableId(), is("alerts"));
  }

  @Test
  void aUriMaySayHowTablesArePartitioned() {
    assertThat(
        BigQueryAddress.parse("bigquery://example.com:my-project/views?partition=month")
            .partition(),
        is(BigQueryAddress.Partition.MONTH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bigquery:project/views",
        "bigquery://",
        "bigquery://my-project",
        "bigquery://my-project/",
        "bigquery://my-project/fraud-views",
        "bigquery://my-project/views/more",
        "bigquery://My-Project/views",
        "bigquery://my-project/views?partition=week",
        "bigquery://my-project/views?partition",
        "bigquery://my-project/views?colour=red"
      })
  void aUriThatNamesNothingSaysHowToWriteIt(String uri) {
    assertThat(
        assertThrows(KappaException.class, () -> Views.at(uri, 1)).getMessage(),
        containsString("write bigquery://project/dataset"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bigquery://kappa:hunter2@project/views", "bigquery://p/views?password=hunter2"})
  void aSecretIsNotRepeated(String uri) {
    assertThat(
        assertThrows(KappaException.class, () -> Views.at(uri, 1)).getMessage(),
        allOf(containsString("URI"), not(containsString("hunter2"))));
  }
}
