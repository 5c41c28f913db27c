package org.kappabeam.pipelines.cli;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionCatalogTest {
  private static final Set<String> KNOWN =
      Set.of("allowedLateness", "allowedSkew", "log", "logProperties", "maxNumWorkers", "numWork");

  @ParameterizedTest
  @CsvSource({
    "lateness, allowedLateness", // a whole word of it
    "Late, allowedLateness", // a part of a word
    "latenessAllowed, allowedLateness", // both words
    "allowed, allowedSkew", // of two the shorter
    "maxSkew, allowedSkew", // most of what was typed
    "properties, logProperties",
    "numWorc, numWork", // few letters differ
    "maxWorkers, maxNumWorkers"
  })
  void aNameWithTheSameWordsOrAFewOtherLettersIsNear(String typed, String meant) {
    assertThat(OptionCatalog.nearest(typed, KNOWN), is(meant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"max", "num", "topicProperty", "skewOfTheClock", "numeric"})
  void shortOrSideWordsInCommonAreNotEnough(String typed) {
    assertThat(OptionCatalog.nearest(typed, KNOWN), is(nullValue()));
  }
}
