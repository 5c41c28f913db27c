package org.kappabeam.runners.dataflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A launch that needs no cloud: real code of Beam up to the request, files in the place of buckets.
 */
final class Launch {
  static final String ACCOUNT = "kappa-worker@my-project.iam.gserviceaccount.com";
  static final String SUBNETWORK = "regions/europe-west1/subnetworks/kappa";
  static final String KEY =
      "projects/my-project/locations/europe-west1/keyRings/kappa/cryptoKeys/dataflow";

  private Launch() {}

  /**
   * {@code run fraud} with what every launch needs, and in the place of the program's jars one
   * small file.
   *
   * @param dir gets the staged files, in the directory {@code staging}
   */
  static List<String> of(Path dir, String log, String view, String... more) throws IOException {
    Path jar = dir.resolve("program.jar");
    if (!Files.exists(jar)) {
      Files.writeString(jar, "in the place of the program");
    }
    List<String> args =
        new ArrayList<>(
            List.of(
                "run",
                "fraud",
                "--log=" + log,
                "--view=" + view,
                "--project=my-project",
                "--region=europe-west1",
                "--tempLocation=gs://my-bucket/tmp",
                "--gcpTempLocation=gs://my-bucket/tmp",
                "--stagingLocation=" + dir.resolve("staging"),
                "--filesToStage=" + jar,
                "--pathValidatorClass=org.apache.beam.sdk.extensions.gcp.storage.NoopPathValidator",
                "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory"));
    args.addAll(List.of(more));
    return args;
  }
}
