package org.kappabeam.runners.flink;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kappabeam.coders.KappaException;

class FlinkClusterTest {
  private static final JobID JOB = new JobID(1, 2);

  @Test
  void anAddressIsHostAndPort() {
    try (FlinkCluster cluster = FlinkCluster.at("flink.example:8081", null)) {
      assertThat(cluster.page(JOB), is("http://flink.example:8081/#/job/" + JOB + "/overview"));
    }
  }

  @Test
  void anythingElseIsRefusedWithWhatToWrite() {
    for (String wrong : new String[] {"flink", "flink:", "[remote]", "flink:8081/path", ":8081"}) {
      KappaException e = assertThrows(KappaException.class, () -> FlinkCluster.at(wrong, null));
      assertThat(e.getMessage(), containsString("--flinkMaster=" + wrong));
      assertThat(e.getMessage(), containsString("host:port"));
    }
  }

  @Test
  void aClusterWithTlsIsAskedByTheRulesOfItsConfiguration(@TempDir Path dir) throws Exception {
    Files.writeString(dir.resolve("config.yaml"), "security.ssl.rest.enabled: true\n");
    try (FlinkCluster cluster = FlinkCluster.at("flink.example:8081", dir.toString())) {
      assertThat(cluster.page(JOB), is("https://flink.example:8081/#/job/" + JOB + "/overview"));
    }
  }

  @Test
  void aDirectoryWithoutAConfigurationIsRefused(@TempDir Path dir) {
    KappaException e =
        assertThrows(
            KappaException.class,
            () -> FlinkCluster.at("flink.example:8081", dir.resolve("none").toString()));
    assertThat(e.getMessage(), containsString("--flinkConfDir="));
  }
}
