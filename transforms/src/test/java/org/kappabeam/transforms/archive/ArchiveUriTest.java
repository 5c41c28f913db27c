package org.kappabeam.transforms.archive;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kappabeam.coders.KappaException;
import org.kappabeam.transforms.log.Logs;

class ArchiveUriTest {

  @ParameterizedTest
  @CsvSource({
    "archive:///data/a, /data/a, archive:///data/a",
    "archive:///data/a/, /data/a, archive:///data/a",
    "ARCHIVE+GS://bucket/Prefix/, gs://bucket/Prefix, archive+gs://bucket/Prefix",
    "archive+s3://bucket, s3://bucket, archive+s3://bucket",
    "archive+hdfs:///data/a, hdfs:///data/a, archive+hdfs:///data/a",
    "archive+hdfs://name:8020/a, hdfs://name:8020/a, archive+hdfs://name:8020/a",
  })
  void namesADirectoryOfAnyFileSystem(String uri, String directory, String text) {
    ArchiveUri parsed = ArchiveUri.parse(uri);

    assertThat(parsed.directory(), is(directory));
    assertThat(parsed.toString(), is(text));
    assertThat(Logs.open(uri, Map.of()).uri(), is(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "archive:data",
        "archive://data/a",
        "archive://",
        "archive+gs://",
        "archive+gs:///a",
        "archive:///a*",
        "archive:///a,b",
        "archive:///a[1]",
        "gs://bucket/a",
      })
  void whatIsNoArchiveIsOneLine(String uri) {
    KappaException failure = assertThrows(KappaException.class, () -> ArchiveUri.parse(uri));

    assertThat(failure.getMessage(), containsString("archive+gs://bucket/prefix"));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void aSecretIsNotRepeated() {
    KappaException failure =
        assertThrows(
            KappaException.class, () -> ArchiveUri.parse("archive+s3://key:secret@bucket/a"));

    assertThat(failure.getMessage(), not(containsString("secret")));
  }

  @Test
  void aFileSystemThatIsNotDeployedIsOneLine() {
    KappaException failure =
        assertThrows(
            KappaException.class,
            () -> Logs.open("archive+nofs://a/b", Map.of()).resolve("earliest", "latest"));

    assertThat(failure.getMessage(), containsString("nofs"));
    assertThat(failure.getMessage(), containsString("class path"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiered:archive:///a",
        "tiered:archive:///a,tiered:archive:///b,kafka://h:1/t",
      })
  void whatIsNoPairOfTiersIsOneLine(String uri) {
    KappaException failure = assertThrows(KappaException.class, () -> Logs.open(uri, Map.of()));

    assertThat(failure.getMessage(), containsString(TieredUri.EXAMPLE));
  }

  @Test
  void tiersAreAnArchiveAndALogOfSeveralHosts() {
    String uri = "tiered:archive:///a,kafka://one:9092,two:9092/t";

    assertThat(Logs.open(uri, Map.of()).uri(), is(uri));
  }
}
