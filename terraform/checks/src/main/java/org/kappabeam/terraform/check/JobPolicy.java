package org.kappabeam.terraform.check;

import java.util.Set;
import org.kappabeam.terraform.config.Configuration;
import org.kappabeam.terraform.config.Module;

/** Jobs run on private workers, as an account of their own, with our key, and are drained. */
final class JobPolicy implements Check {
  private static final Set<String> JOBS =
      Set.of("google_dataflow_job", "google_dataflow_flex_template_job");

  @Override
  public void run(Configuration configuration, Findings findings) {
    for (Module module : configuration.modules()) {
      for (Module.Resource job : module.resources()) {
        if (JOBS.contains(job.type())) {
          Secured.exactly(job, "ip_configuration", "WORKER_IP_PRIVATE", findings);
          Secured.exactly(job, "on_delete", "drain", findings);
          Secured.exactly(job, "enable_streaming_engine", true, findings);
          Secured.require(job, "service_account_email", findings);
          Secured.require(job, "kms_key_name", findings);
          Secured.require(job, "subnetwork", findings);
          Secured.require(job, "max_workers", findings);
          findings.require(
              job.body().value("count").isPresent(),
              job.where(),
              "launching must be asked for: count by a variable");
        }
      }
    }
  }
}
